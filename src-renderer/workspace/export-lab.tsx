import { useId, useState, type FormEvent } from 'react'
import type { ExportKind, LabExport } from '../../src-main/contract/export.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { CopyButton } from '../ui/copy-button.js'
import { Dialog } from '../ui/dialog.js'
import { count } from '../ui/format.js'
import { Icon } from '../ui/icons.js'
import { InlineCode } from '../ui/inline-code.js'
import { RadioOption } from '../ui/radio-option.js'
import { SaidBox } from '../ui/said.js'
import { exportFolder, exportKindWords } from './export-words.js'
import './export-lab.css'

/** Takes the lab home: as what, where to, and then what to run there. */
export function ExportLab({ lab, onClose }: { lab: string; onClose: () => void }) {
  const [kind, setKind] = useState<ExportKind>('compose')
  const [typed, setTyped] = useState<string | null>(null)
  const [secrets, setSecrets] = useState(false)
  const [made, setMade] = useState<LabExport | null>(null)
  const hint = useId()
  const words = exportKindWords.find((each) => each.kind === kind)!
  const folder = typed ?? exportFolder(lab, kind)
  const write = useCall(async () => setMade(await createClient().labs.export({ lab, as: kind, folder, secrets })))
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    if (!write.busy) void write.run()
  }
  return (
    <Dialog title={`Export lab ${lab}`} onClose={onClose} width={640}>
      {made ? (
        <Made made={made} onClose={onClose} onAgain={() => (setTyped(null), setMade(null))} />
      ) : (
        <form className="export-form" onSubmit={onSubmit}>
          <fieldset>
            <legend>As</legend>
            {exportKindWords.map((each) => (
              <RadioOption
                key={each.kind}
                name="as"
                value={each.kind}
                checked={each.kind === kind}
                onChoose={() => {
                  setKind(each.kind)
                  write.clear()
                }}
                title={each.title}
                about={each.about}
              />
            ))}
          </fieldset>
          <label className="export-folder">
            <span className="strong">Folder</span>
            <input
              className="field mono"
              aria-describedby={hint}
              required
              value={folder}
              spellCheck={false}
              onChange={(event) => {
                setTyped(event.target.value)
                write.clear()
              }}
            />
            <small id={hint}>
              New or empty, on the machine that runs the app. Nothing that is there is overwritten.
            </small>
          </label>
          <fieldset>
            <legend>Passwords</legend>
            <label className="option">
              <input type="checkbox" checked={secrets} onChange={(event) => setSecrets(event.target.checked)} />
              <span>With the passwords of this lab</span>
              <small>
                {secrets ? (
                  'Whoever reads the folder can sign in to this lab. The files that hold them are for you alone (0600).'
                ) : (
                  <>
                    None is written: <InlineCode text={words.without} />.
                  </>
                )}{' '}
                Certificates and keys are always made new.
              </small>
            </label>
          </fieldset>
          {write.failure && <SaidBox said={write.failure} />}
          <div className="row">
            <Button type="submit" look="go" busy={write.busy}>
              Write the files
            </Button>
            <Button onClick={onClose}>Leave it</Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

function Made({ made, onClose, onAgain }: { made: LabExport; onClose: () => void; onAgain: () => void }) {
  const { folder, files, secrets, next, leftOut } = made
  return (
    <div className="export-form">
      <p className="row" role="status">
        <Icon name="pass" />
        <span>
          <span className="strong">{count(files.length, 'file')}</span>,{' '}
          {secrets ? 'with passwords' : 'without a secret'}, in <span className="mono export-path">{folder}</span>
        </span>
      </p>
      <section aria-label="Next">
        <h3>Run next, in a terminal of that machine</h3>
        <div className="export-next">
          <code className="mono">{next}</code>
          <CopyButton text={next} what="the command" />
        </div>
        <p className="t1 ink3">
          <span className="mono">README.md</span> says the rest: how to reach it, how to fail over.
        </p>
      </section>
      <section aria-label="Not carried over">
        <h3>Not carried over</h3>
        <ul className="export-left-out">
          {leftOut.map((line) => (
            <li key={line}>
              <InlineCode text={line} />
            </li>
          ))}
        </ul>
      </section>
      <div className="row">
        <Button look="go" autoFocus onClick={onClose}>
          Done
        </Button>
        <Button onClick={onAgain}>Export it another way</Button>
      </div>
    </div>
  )
}
