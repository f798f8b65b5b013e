import type { HomeView } from '../../src-main/contract/rpc.js'
import { useNow } from '../app/clock.js'
import { age, disk, memory } from '../ui/format.js'
import { Icon } from '../ui/icons.js'

/** Engine, image, kernel, memory: what a lab stands on. */
export function StatusBar({ home, stale }: { home: HomeView; stale: boolean }) {
  const now = useNow(1000)
  const { engine, image, kernel } = home
  return (
    <footer className="status-bar">
      <span>
        Engine{' '}
        <b>
          {engine.state !== 'ready' && <Icon name="fail" size={12} className="inline-icon" />}
          {engine.version ? `Docker ${engine.version}, ` : ''}
          {engine.state}
        </b>
      </span>
      <span>
        Host image{' '}
        <b>
          {image.sizeBytes !== null ? `${disk(image.sizeBytes)}, ` : ''}
          {image.state}
        </b>
      </span>
      {kernel && (
        <span className="cut">
          Kernel <b>{kernel}</b>
        </span>
      )}
      <span>
        Memory{' '}
        <b className="tn">
          {home.memory.totalBytes > 0
            ? `${memory(home.memory.labsBytes)} of ${memory(home.memory.totalBytes)} used by labs`
            : 'not measured yet'}
        </b>
      </span>
      <span className="grow" />
      <span className="tn">
        {stale ? 'Not connected, last look' : 'Last look'} {age(now - home.at)} ago
      </span>
      <span>pg-ha-dojo {home.version}</span>
    </footer>
  )
}
