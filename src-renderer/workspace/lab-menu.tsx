import { useState } from 'react'
import type { AttemptView } from '../../src-main/contract/exercise.js'
import { useCommands } from '../app/commands.js'
import { createClient } from '../app/connection.js'
import { goHome } from '../app/route.js'
import { useCall } from '../app/use-call.js'
import { Button, Kbd } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { Icon } from '../ui/icons.js'
import { PopoverButton } from '../ui/popover.js'
import { SaidBox } from '../ui/said.js'
import { Configuration } from './configuration.js'
import { ExportLab } from './export-lab.js'
import { Health } from './health.js'

type Ask = 'remove' | 'abandon' | 'reset' | 'health' | 'config' | 'export' | null

/** The lab's name, and what can be done with the lab and its attempt as a whole. */
export function LabMenu({ lab, topology, attempt }: { lab: string; topology: string; attempt: AttemptView | null }) {
  const [ask, setAsk] = useState<Ask>(null)
  const running = attempt?.state === 'running'
  const items: { id: string; title: string; keys?: string; run: () => void }[] = [
    { id: 'health', title: 'Health', keys: 'Alt W', run: () => setAsk('health') },
    { id: 'config', title: 'Configuration', keys: 'Alt C', run: () => setAsk('config') },
    { id: 'export', title: 'Export: take the lab home', run: () => setAsk('export') },
    ...(running
      ? [
          { id: 'reset-step', title: 'Reset the step', run: () => setAsk('reset') },
          { id: 'abandon', title: 'Abandon the exercise', run: () => setAsk('abandon') },
        ]
      : []),
    { id: 'remove-lab', title: `Remove lab ${lab}`, run: () => setAsk('remove') },
  ]
  useCommands(
    'lab',
    items.map((item) => ({ ...item, group: 'Labs' as const, notInTerminal: true })),
  )
  return (
    <>
      <PopoverButton
        align="start"
        width={240}
        accessibleName={`Lab ${lab}, ${topology}: menu`}
        button={{ look: 'quiet', size: 'small', className: 'lab-name' }}
        label={
          <>
            <span className="mono">{lab}</span>
            <span className="ink3 wide-only">{topology}</span>
            <Icon name="down" />
          </>
        }
      >
        {(close) => (
          <div className="menu">
            <button type="button" onClick={goHome}>
              Home
            </button>
            <hr />
            {items.map((item) => (
              <button
                key={item.id}
                type="button"
                onClick={() => {
                  close()
                  item.run()
                }}
              >
                <span className="grow">{item.title}</span>
                {item.keys && <Kbd>{item.keys}</Kbd>}
              </button>
            ))}
          </div>
        )}
      </PopoverButton>
      {ask === 'health' && <Health lab={lab} onClose={() => setAsk(null)} />}
      {ask === 'config' && <Configuration lab={lab} onClose={() => setAsk(null)} />}
      {ask === 'export' && <ExportLab lab={lab} onClose={() => setAsk(null)} />}
      {ask === 'remove' && <RemoveLab lab={lab} onClose={() => setAsk(null)} />}
      {ask === 'abandon' && attempt && <Abandon attempt={attempt} onClose={() => setAsk(null)} />}
      {ask === 'reset' && attempt && <ResetStep attempt={attempt} onClose={() => setAsk(null)} />}
    </>
  )
}

function Confirm(props: {
  title: string
  text: string
  action: string
  keep: string
  call: () => Promise<unknown>
  onDone: () => void
  onClose: () => void
}) {
  const { title, text, action, keep, onDone, onClose } = props
  const call = useCall(async () => {
    await props.call()
    onDone()
  })
  return (
    <Dialog title={title} onClose={onClose} width={480}>
      <div className="confirm">
        <p className="ink2">{text}</p>
        {call.failure && <SaidBox said={call.failure} />}
        <div className="row">
          <Button look="go" busy={call.busy} onClick={() => void call.run()}>
            {call.busy ? `${action}, under way` : action}
          </Button>
          <Button onClick={onClose}>{keep}</Button>
        </div>
      </div>
    </Dialog>
  )
}

/** Asked from home as well: removing throws a lab's data away, so it is said before. */
export function RemoveLab({ lab, onClose }: { lab: string; onClose: () => void }) {
  return (
    <Confirm
      title={`Remove lab ${lab}`}
      text="Its hosts, their data and its network are removed from the engine. The records of your attempt stay."
      action="Remove lab"
      keep="Keep it"
      call={() => createClient().labs.down({ lab })}
      onDone={() => {
        onClose()
        goHome()
      }}
      onClose={onClose}
    />
  )
}

function Abandon({ attempt, onClose }: { attempt: AttemptView; onClose: () => void }) {
  return (
    <Confirm
      title="Abandon the exercise"
      text={`Your attempt at ${attempt.exercise.title} ends here. The lab keeps running as it is.`}
      action="Abandon the exercise"
      keep="Go on with it"
      call={() => createClient().attempts.abandon({ attempt: attempt.id })}
      onDone={() => {
        onClose()
        goHome()
      }}
      onClose={onClose}
    />
  )
}

function ResetStep({ attempt, onClose }: { attempt: AttemptView; onClose: () => void }) {
  return (
    <Confirm
      title="Reset the step"
      text="The lab goes back to how this step begins: faults are healed and the step's checks start again."
      action="Reset the step"
      keep="Leave it"
      call={() => createClient().attempts.reset({ attempt: attempt.id })}
      onDone={onClose}
      onClose={onClose}
    />
  )
}
