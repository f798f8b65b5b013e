import { createRouterClient } from '@orpc/server'
import { recover } from '../lab/labs.js'
import { openHome, type Home } from '../lab/store.js'
import { openLab } from '../lab/labs.js'
import { createTerminals, type Terminals } from '../terminal/index.js'
import { logFor } from '../util/log.js'
import { createAttempts, type Attempts } from './attempts.js'
import { createHomeScreen, type HomeScreen } from './home.js'
import { createImageJob, type ImageJob } from './image-job.js'
import { createRouter, type Router } from './router.js'
import { createSessions, type Sessions } from './sessions.js'

const log = logFor('app')

export interface AppOptions {
  /** serve: for browsers; window: in Electron; keeper: for an attempt without a screen; cli: one command's own. */
  kind: 'serve' | 'window' | 'keeper' | 'cli'
}

/** Everything that implements the contract in one process. */
export interface App extends Parts {
  router: Router
  /** Makes good what an app or an engine that was killed left, watches the healthy labs again, and goes on with attempts. */
  recover(): Promise<void>
  /** Whether something would be lost, or would stop, if this process ended. */
  busy(): boolean
  close(): Promise<void>
}

export interface Parts {
  home(): Promise<Home>
  sessions: Sessions
  attempts: Attempts
  terminals: Terminals
  homeScreen: HomeScreen
  image: ImageJob
  /** Boots that run in this process, by lab. */
  boots: Set<string>
  /** Whether this process keeps the labs' flight records: it owns them. */
  records: boolean
}

export function createApp({ kind }: AppOptions): App {
  let opened: Promise<Home> | null = null
  const home = (): Promise<Home> => {
    opened ??= openHome()
    opened.catch(() => (opened = null))
    return opened
  }
  const records = kind !== 'cli'
  const sessions = createSessions(home, { records })
  const attempts = createAttempts(home, sessions)
  const terminals = createTerminals(async (lab) => openLab(lab, await home()), {
    onLine: ({ lab, id }, host, { t, command }) => {
      const text = command === null ? `a line typed on ${host}` : `${host}: ${command}`
      const data = { terminal: id, command }
      const one = { t, k: 'event', kind: 'terminal.input', host, text, data, source: 'app' } as const
      if (records) sessions.peek(lab)?.world.append(one)
    },
  })
  const homeScreen = createHomeScreen(home, sessions, attempts, () => void recoverAll())
  const image = createImageJob(() => homeScreen.poke())
  attempts.onChange(() => homeScreen.poke())
  const boots = new Set<string>()
  const parts: Parts = { home, sessions, attempts, terminals, homeScreen, image, boots, records }

  const recoverAll = async (): Promise<void> => {
    try {
      const outcomes = await recover(await home())
      log.info({ outcomes: outcomes.map(({ lab, did }) => `${lab}: ${did}`) }, 'recovered')
      for (const { lab, boot } of outcomes) {
        if (!boot) continue
        boots.add(lab)
        void boot.done.catch(() => undefined).finally(() => boots.delete(lab))
      }
      const alive = outcomes.filter(({ did }) => did !== 'removed').map(({ lab }) => lab)
      await attempts.resume(alive)
      // records go on from here on, whether or not somebody looks
      await Promise.all(alive.map((lab) => sessions.get(lab).catch(() => undefined)))
    } catch (err) {
      log.error({ err }, 'labs could not be recovered') // an engine that is away says so on the home screen
    }
    homeScreen.poke()
  }

  return {
    ...parts,
    router: createRouter(parts),
    recover: recoverAll,
    busy: () => attempts.running() || sessions.busy() || boots.size > 0 || image.running(),
    async close() {
      await attempts.closeAll()
      await terminals.closeAll()
      await sessions.closeAll()
    },
  }
}

/** The typed client of an app in this process. */
export const clientOf = (app: App) => createRouterClient(app.router, { context: { client: 'here', elsewhere: false } })
