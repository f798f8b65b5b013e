import type { LabInfo } from '../../src-main/contract/lab.js'
import { Icon } from '../ui/icons.js'
import { PopoverButton } from '../ui/popover.js'
import type { Place } from './tabs.js'

/** Every terminal that can be had: psql by the client's route, and each host's shell, root's, and psql where one runs. */
export function NewMenu({ info, onOpen }: { info: LabInfo; onOpen: (place: Place) => void }) {
  const { readWrite } = info.spec.client
  return (
    <PopoverButton
      label={<Icon name="plus" />}
      accessibleName="New terminal"
      button={{ look: 'quiet', className: 'term-new', title: 'New terminal' }}
      align="start"
      width={264}
    >
      {(close) => {
        const item = (place: Place, text: string) => (
          <button
            type="button"
            key={text}
            aria-label={`${place.host ?? 'client route'}: ${text}`}
            onClick={() => {
              close()
              onOpen(place)
            }}
          >
            {text}
          </button>
        )
        return (
          <div className="term-menu">
            <div className="term-menu-row">
              <span>client route</span>
              {item({ host: null, kind: 'psql' }, `psql ${readWrite.host}:${readWrite.port}`)}
            </div>
            {info.hosts.map(({ name, services }) => (
              <div className="term-menu-row" key={name}>
                <span>{name}</span>
                {item({ host: name, kind: 'shell' }, 'shell')}
                {item({ host: name, kind: 'root' }, 'root')}
                {services.includes('patroni') && item({ host: name, kind: 'psql' }, 'psql')}
              </div>
            ))}
          </div>
        )
      }}
    </PopoverButton>
  )
}
