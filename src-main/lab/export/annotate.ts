import { isScalar, parseDocument, visit, type Node } from 'yaml'
import type { HostFile } from '../../docker/archive.js'
import { commentsOf } from './comments.js'

const width = 100

/** The file with a comment above each setting that has something to teach. The settings themselves stay as they are. */
export function annotated(file: HostFile): HostFile {
  const [, service = ''] = /^\/etc\/([a-z-]+)\//.exec(file.path) ?? []
  const comments = commentsOf(service)
  const form = Object.keys(comments).length > 0 ? forms.find(({ fits }) => fits.test(file.path)) : undefined
  return form ? { ...file, content: form.put(file.content, comments) } : file
}

type Comments = Readonly<Record<string, string>>
const forms: readonly { fits: RegExp; put: (content: string, comments: Comments) => string }[] = [
  { fits: /\.ya?ml$/, put: intoYaml },
  { fits: /\.(conf|cfg)$/, put: (content, comments) => intoLines(content, comments, '#') },
  { fits: /\.ini$/, put: (content, comments) => intoLines(content, comments, ';') },
]

/** A setting's name is its keys, joined by dots: bootstrap.dcs.ttl */
function intoYaml(content: string, comments: Comments): string {
  const document = parseDocument(content, { version: '1.1' })
  visit(document, {
    Pair(_, { key }, ancestors) {
      const path = [...ancestors, { key }].flatMap((node) =>
        'key' in node && isScalar(node.key) ? [String(node.key.value)] : [],
      )
      const comment = comments[path.join('.')]
      if (comment) (key as Node).commentBefore = wrapped(comment, ' ')
    },
  })
  return document.toString({ lineWidth: 0 })
}

/** One setting per line. Its name is the first word, or the first two: `timeout connect` is not `timeout client`. */
export function intoLines(content: string, comments: Comments, mark: '#' | ';'): string {
  return content
    .split('\n')
    .flatMap((line) => {
      const [first = '', second = ''] = line.trim().split(/[\s=]+/)
      const comment = comments[`${first} ${second}`] ?? comments[first]
      if (!comment) return [line]
      const indent = /^\s*/.exec(line)![0]
      return [...wrapped(comment, `${indent}${mark} `).split('\n'), line]
    })
    .join('\n')
}

/** Lines of about 100 characters, each behind the same beginning. */
export function wrapped(text: string, before: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line && line.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.map((line) => `${before}${line}`).join('\n')
}
