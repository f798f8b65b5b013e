import { useState } from 'react'
import { serverNow, useNow } from '../app/clock.js'
import { runInTerminal } from '../terminals/index.js'
import { useCall } from '../app/use-call.js'
import { Button } from '../ui/button.js'
import { age } from '../ui/format.js'
import { SaidBox } from '../ui/said.js'
import { placeOf, type RunBlock } from './fence.js'

/** A command that a press types into the right terminal and runs there, where the learner sees it happen. */
export function RunBlockView({ block, lab }: { block: RunBlock; lab: string }) {
  const [ranAt, setRanAt] = useState<number | null>(null)
  const run = useCall(async () => {
    await runInTerminal({ lab, ...block })
    setRanAt(serverNow())
  })
  return (
    <div className="run" data-long={block.text.length > 24}>
      <pre>{block.text}</pre>
      <span className="run-side">
        <span className="t1 ink3" title={placeOf(block)}>
          {ranAt === null ? placeOf(block) : <Ago at={ranAt} />}
        </span>
        <Button
          size="small"
          icon="run"
          busy={run.busy}
          aria-label={`Run ${placeOf(block)}: ${block.text}`}
          onClick={() => void run.run()}
        >
          Run
        </Button>
      </span>
      {run.failure && <SaidBox said={run.failure} />}
    </div>
  )
}

function Ago({ at }: { at: number }) {
  const now = useNow(1000)
  return <span className="tn">ran {age(now - at)} ago</span>
}
