import { Kbd } from '../ui/button.js'
import { Dialog } from '../ui/dialog.js'
import { Icon, type IconName } from '../ui/icons.js'
import { Segments } from '../ui/segments.js'
import { allCommands, useCommandSets } from './commands.js'
import { useOverlays } from './overlays.js'
import { useTheme, type ThemeChoice } from './theme.js'

const shapes: [IconName, string][] = [
  ['leader', 'leader: holds the leader key'],
  ['sync', 'synchronous standby'],
  ['replica', 'asynchronous replica'],
  ['vote', 'etcd member that votes'],
  ['vote-lost', 'etcd member that does not answer'],
  ['fault', 'fault, or a host that is down'],
  ['pass', 'check passed'],
  ['fail', 'check failed'],
  ['waiting', 'waiting, within its deadline'],
  ['unknown', 'could not check: does not count against you'],
]

export const themeChoices = [
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'system', label: 'System' },
] as const satisfies { value: ThemeChoice; label: string }[]

/** Every key that works on this screen, and what the shapes mean. */
export function Help() {
  const close = useOverlays((state) => state.close)
  const sets = useCommandSets((state) => state.sets)
  const { choice, choose, large, setLarge } = useTheme()
  const withKeys = allCommands(sets).filter((command) => command.keys)
  return (
    <Dialog title="Help" onClose={close} width={720}>
      <div className="help">
        <section>
          <h3>Keys on this screen</h3>
          <dl className="help-keys">
            {withKeys.map((command) => (
              <div key={command.id}>
                <dt>
                  <Kbd>{command.keys ?? ''}</Kbd>
                </dt>
                <dd>
                  {command.title}
                  {command.notInTerminal && <span className="ink3 t1"> outside terminals</span>}
                </dd>
              </div>
            ))}
            <div>
              <dt>
                <Kbd>Tab</Kbd>
              </dt>
              <dd>Next control; arrow keys inside tabs, choices and the timeline</dd>
            </div>
          </dl>
        </section>
        <section>
          <h3>Shapes</h3>
          <ul className="help-shapes">
            {shapes.map(([icon, meaning]) => (
              <li key={icon}>
                <Icon name={icon} />
                <span>{meaning}</span>
              </li>
            ))}
          </ul>
          <h3>View</h3>
          <div className="row">
            <Segments<ThemeChoice> label="Colour scheme" choices={themeChoices} value={choice} onChange={choose} />
            <Segments
              label="Size"
              choices={[
                { value: 'normal', label: 'Desk' },
                { value: 'large', label: 'Projector' },
              ]}
              value={large ? 'large' : 'normal'}
              onChange={(value) => setLarge(value === 'large')}
            />
          </div>
        </section>
      </div>
    </Dialog>
  )
}
