import type { Said } from '../../src-main/contract/errors.js'
import { Icon } from './icons.js'
import { InlineCode } from './inline-code.js'

/** A clause with its full stop, where it has none. */
export const sentence = (clause: string): string => (/[.!?]$/.test(clause) ? clause : `${clause}.`)

/** An error as every screen shows it: what happened, why, what to do next. */
export function SaidBox({ said, id }: { said: Said; id?: string }) {
  return (
    <div className="said" role="alert" id={id}>
      <div className="said-what">
        <Icon name="fail" />
        <span>
          <InlineCode text={sentence(said.what)} />
        </span>
      </div>
      {said.why && (
        <p className="said-more">
          Why: <InlineCode text={sentence(said.why)} />
        </p>
      )}
      {said.next && (
        <p className="said-more">
          Next: <InlineCode text={sentence(said.next)} />
        </p>
      )}
    </div>
  )
}
