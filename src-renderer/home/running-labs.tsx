import { useState } from 'react'
import type { HomeView, LabSummary } from '../../src-main/contract/rpc.js'
import type { HostRole, HostView } from '../../src-main/contract/cluster.js'
import { useCluster } from '../app/lab-data.js'
import { goToLab } from '../app/route.js'
import { Button } from '../ui/button.js'
import { Icon, type IconName } from '../ui/icons.js'
import { RemoveLab } from '../workspace/lab-menu.js'

/** The labs that exist, each with what it is doing now. */
export function RunningLabs({ home }: { home: HomeView }) {
  const [removing, setRemoving] = useState<string | null>(null)
  if (home.labs.length === 0) {
    return (
      <section className="labs" aria-label="Running labs">
        <h2 className="t3">No lab is running</h2>
        <p className="ink2" style={{ marginTop: 4, maxWidth: '52ch' }}>
          A lab is a few containers on this machine, reachable from 127.0.0.1 only. It starts in seconds, and removing
          it leaves nothing behind.
        </p>
      </section>
    )
  }
  return (
    <section className="labs" aria-label="Running labs" data-many={home.labs.length > 1}>
      {home.labs.map((lab) => (
        <LabCard key={lab.lab} lab={lab} only={home.labs.length === 1} onRemove={() => setRemoving(lab.lab)} />
      ))}
      {removing && <RemoveLab lab={removing} onClose={() => setRemoving(null)} />}
    </section>
  )
}

const stateWords: Record<LabSummary['state'], string> = {
  booting: 'Booting lab',
  healthy: 'Running lab',
  failed: 'Failed lab',
  removing: 'Lab being removed',
}

function LabCard({ lab, only, onRemove }: { lab: LabSummary; only: boolean; onRemove: () => void }) {
  return (
    <div className="lab-card">
      <div className="row" style={{ minHeight: 28, gap: 12 }}>
        <h2 className="t3">{stateWords[lab.state]}</h2>
        <span className="mono strong">{lab.lab}</span>
        <span className="ink3 cut">{lab.topology}</span>
        <span className="grow" />
        <Button size="small" aria-label={`Open lab ${lab.lab}`} onClick={() => goToLab(lab.lab)}>
          Open
        </Button>
        <Button
          size="small"
          aria-label={`Remove lab ${lab.lab}`}
          aria-disabled={lab.state === 'removing' || undefined}
          onClick={onRemove}
        >
          Remove
        </Button>
      </div>
      {lab.state === 'healthy' && only && <LabNow lab={lab.lab} />}
    </div>
  )
}

const roles: Record<HostRole, { icon: IconName; words: string; tone: string }> = {
  leader: { icon: 'leader', words: 'leader', tone: 'var(--leader)' },
  sync: { icon: 'sync', words: 'sync', tone: 'var(--sync)' },
  replica: { icon: 'replica', words: 'replica', tone: 'var(--repl)' },
  starting: { icon: 'waiting', words: 'starting', tone: 'var(--ink2)' },
  none: { icon: 'idle', words: 'running', tone: 'var(--ink2)' },
  down: { icon: 'fail', words: 'host down', tone: 'var(--fault)' },
  frozen: { icon: 'frozen', words: 'host frozen', tone: 'var(--fault)' },
  unknown: { icon: 'unknown', words: 'not known', tone: 'var(--ink2)' },
}

/** Data hosts and quorum of one lab, side by side. */
function LabNow({ lab }: { lab: string }) {
  const { cluster } = useCluster(lab)
  if (!cluster) return <div className="lab-now" aria-busy="true" />
  const data = cluster.hosts.filter(({ patroni }) => patroni)
  const members = cluster.etcd.value?.members ?? []
  const votes = members.filter(({ answers }) => answers).length
  const lost = members.filter(({ answers }) => !answers).map(({ name }) => name)
  return (
    <div className="lab-now">
      {data.map((host) => (
        <HostNow
          key={host.name}
          host={host}
          writes={host.role === 'leader' ? (cluster.probe?.writesPerSecond ?? null) : null}
        />
      ))}
      {members.length > 0 && (
        <div>
          <p className="mono lab-now-head">
            <b>etcd</b>
            <span className="row" style={{ gap: 0 }}>
              {members.map((member) => (
                <Icon key={member.name} name={member.answers ? 'vote' : 'vote-lost'} size={14} />
              ))}
            </span>
            <span style={{ color: 'var(--etcd)' }}>
              {votes} of {members.length}
            </span>
          </p>
          <p className="mono t1 ink2">{lost.length > 0 ? `${lost.join(', ')} has no vote` : 'all members answer'}</p>
        </div>
      )}
    </div>
  )
}

function HostNow({ host, writes }: { host: HostView; writes: number | null }) {
  const { icon, words, tone } = roles[host.role]
  const down = host.role === 'down' || host.role === 'frozen'
  return (
    <div className={down ? 'hatch-ground' : ''}>
      <p className="mono lab-now-head">
        <b>{host.name}</b>
        <Icon name={icon} size={14} />
        <span style={{ color: tone }}>{words}</span>
      </p>
      <p className="mono t1 ink2 cut" title={host.note}>
        {writes !== null ? `${Math.round(writes)} writes/s` : host.note}
      </p>
    </div>
  )
}
