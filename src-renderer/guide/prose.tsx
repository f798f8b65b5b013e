import { memo, useMemo } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { runBlock } from './fence.js'
import { RunBlockView } from './run-block.js'

/** What a fence holds: its language is a class, its info string is data of the node. */
interface FenceNode {
  tagName?: string
  properties?: { className?: unknown }
  data?: { meta?: string }
  children?: { value?: string }[]
}

function blockOf(node: { children?: unknown[] } | undefined) {
  const code = node?.children?.[0] as FenceNode | undefined
  if (code?.tagName !== 'code') return null
  const classes = Array.isArray(code.properties?.className) ? code.properties.className : []
  const language = classes.map(String).find((name) => name.startsWith('language-'))
  const text = (code.children ?? []).map(({ value }) => value ?? '').join('')
  return runBlock(language?.slice('language-'.length), code.data?.meta, text)
}

const plugins = [remarkGfm]

/** Markdown of an author: links open outside, HTML stays text, run fences become blocks with a button. */
export const Prose = memo(function Prose({ text, lab }: { text: string; lab: string }) {
  const components = useMemo<Components>(
    () => ({
      a: ({ href, children }) => (
        <a href={href} target="_blank" rel="noreferrer noopener" className="link">
          {children}
        </a>
      ),
      pre: ({ children, node }) => {
        const block = blockOf(node)
        return block ? <RunBlockView block={block} lab={lab} /> : <pre tabIndex={0}>{children}</pre>
      },
      // a step has one title, above its prose
      h1: ({ children }) => <h4>{children}</h4>,
      h2: ({ children }) => <h4>{children}</h4>,
      h3: ({ children }) => <h4>{children}</h4>,
    }),
    [lab],
  )
  return (
    <div className="prose">
      <Markdown remarkPlugins={plugins} components={components}>
        {text}
      </Markdown>
    </div>
  )
})
