import { isValidElement, memo, useMemo, type ReactElement, type ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { runBlock } from './fence.js'
import { RunBlockView } from './run-block.js'

interface CodeProps {
  className?: string
  children?: ReactNode
  node?: { data?: { meta?: string } }
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
      pre: ({ children }) => {
        const code = isValidElement(children) ? (children as ReactElement<CodeProps>).props : null
        const language = /language-(\S+)/.exec(code?.className ?? '')?.[1]
        const block = runBlock(language, code?.node?.data?.meta, String(code?.children ?? ''))
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
