import type { StepView } from '../../src-main/contract/exercise.js'
import { createClient } from '../app/connection.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { SaidBox } from '../ui/said.js'
import { useFaultKinds } from '../workspace/fault-kinds.js'

type Action = StepView['actions'][number]

/** Faults that the step offers. The button says what it breaks, and returns once the effect is proven. */
export function Actions({ lab, actions }: { lab: string; actions: Action[] }) {
  if (actions.length === 0) return null
  return (
    <div className="actions">
      {actions.map((action) => (
        <ActionButton key={action.label} lab={lab} action={action} />
      ))}
    </div>
  )
}

function ActionButton({ lab, action }: { lab: string; action: Action }) {
  const inject = useCall(() =>
    createClient().faults.inject({ lab, kind: action.fault, target: action.target, options: action.options ?? {} }),
  )
  const { kinds } = useFaultKinds()
  const repairs = kinds.find(({ kind }) => kind === action.fault)?.ends !== undefined
  return (
    <>
      <Button
        look={repairs ? 'plain' : 'fault'}
        icon={repairs ? 'run' : 'fault'}
        busy={inject.busy}
        onClick={() => void inject.run()}
      >
        {action.label}
      </Button>
      {inject.failure && <SaidBox said={inject.failure} />}
    </>
  )
}
