import type { NotHonoured } from '../contract/config.js'
import { patroniSettings, type Topology } from '../contract/topology.js'
import { contentInvalid, parseYaml, type ContentProblem, type YamlSource } from './content-error.js'
import { leftOut, parameterLeftOut, type LabLimits } from './patroni-owned.js'
import { dynamicKeys, keyProblem, timeoutsOf, wholeNumber, yesOrNo } from './patroni-rules.js'
import { bytesOf, hostsWith } from './plan.js'

/** A person's own dynamic configuration as a lab takes it. */
export interface OwnPatroni {
  /** What the cluster is born with, on top of what the lab renders. */
  config: Record<string, unknown>
  notHonoured: NotHonoured[]
}

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a dynamic configuration: what `patronictl show-config` prints, or a patroni.yml with `bootstrap.dcs`. What a lab
 * has to own is left out, and what Patroni would silently adjust is adjusted here; both are told, key by key.
 * @throws DojoError content-invalid with file:line:column of everything that Patroni could not use
 */
export function readPatroniFile({ file, text }: { file: string; text: string }, topology: Topology): OwnPatroni {
  // Patroni reads YAML 1.1, where `on` is a truth
  const source = parseYaml(text, file, '1.1')
  const whole: unknown = source.doc.toJS()
  if (!isTree(whole)) {
    const message = 'keys and values were expected here, as `patronictl show-config` prints them'
    throw contentInvalid(`${source.file} is no Patroni configuration`, [
      { file: source.file, ...source.place([]), message },
    ])
  }
  const bootstrap = whole['bootstrap']
  const inFile = isTree(bootstrap) && 'dcs' in bootstrap
  const prefix = inFile ? ['bootstrap', 'dcs'] : []
  const asked = inFile ? bootstrap['dcs'] : whole
  const problems = problemsIn(source, asked, prefix)
  if (problems.length > 0) throw contentInvalid(`${source.file} has values that Patroni could not use`, problems)
  const notHonoured: NotHonoured[] = []
  const tell: Tell = (path, outcome, value, why, effective) => {
    const key = path.slice(prefix.length).join('.') || path.join('.')
    const place = source.place(path)
    notHonoured.push({ key, ...place, outcome, asked: value, why, ...(effective === undefined ? {} : { effective }) })
  }
  if (inFile) tellRest(whole, bootstrap, tell)
  const config = take(asked as Tree, prefix, limitsOf(topology), tell)
  return { config, notHonoured: notHonoured.toSorted((a, b) => a.line - b.line || a.column - b.column) }
}

type Tell = (path: string[], outcome: NotHonoured['outcome'], value: unknown, why: string, effective?: string) => void

const limitsOf = (topology: Topology): LabLimits => ({
  hostBytes: Math.min(...hostsWith(topology, 'patroni').map((host) => bytesOf(topology.hosts[host]!.memory))),
  standbys: hostsWith(topology, 'patroni').length - 1,
})

/** Values that would have Patroni ignore all of it. */
function problemsIn(source: YamlSource, asked: unknown, prefix: string[]): ContentProblem[] {
  const problem = (path: string[], message: string): ContentProblem => ({
    file: source.file,
    ...source.place(path),
    message,
  })
  if (!isTree(asked)) return [problem(prefix, 'keys and values were expected here')]
  const problems = Object.entries(asked).flatMap(([key, value]) => {
    const wrong = value === null ? null : keyProblem(key, value)
    return wrong ? [problem([...prefix, key], `${key}: it ${wrong}, and ${JSON.stringify(value)} is not`)] : []
  })
  const { postgresql } = asked
  if (!isTree(postgresql)) return problems
  const { parameters } = postgresql
  const path = [...prefix, 'postgresql', 'parameters']
  if (parameters !== undefined && parameters !== null && !isTree(parameters))
    return [...problems, problem(path, 'postgresql.parameters: it wants names and values')]
  const lists = Object.entries(parameters ?? {}).filter(([, value]) => typeof value === 'object' && value !== null)
  return [...problems, ...lists.map(([name]) => problem([...path, name], `${name}: a parameter is one value`))]
}

/** The rest of a patroni.yml is about one host, and each host of a lab has its own. */
function tellRest(whole: Tree, bootstrap: Tree, tell: Tell): void {
  for (const key of Object.keys(bootstrap).filter((each) => each !== 'dcs'))
    tell(['bootstrap', key], 'left out', undefined, 'how a cluster is made is the lab’s: only `bootstrap.dcs` is taken')
  for (const key of Object.keys(whole).filter((each) => each !== 'bootstrap'))
    tell([key], 'left out', undefined, 'it is about one host, and the lab writes that for its own hosts')
}

function take(asked: Tree, prefix: string[], limits: LabLimits, tell: Tell): Tree {
  const kept: Tree = {}
  for (const [key, value] of Object.entries(asked)) {
    const path = [...prefix, key]
    const why = leftOut(key, value, limits)
    if (key === 'postgresql' && isTree(value)) kept[key] = takePostgresql(value, path, limits, tell)
    else if (value === null) continue // as if it were not there
    else if (why) tell(path, 'left out', value, why)
    else kept[key] = dynamicKeys[key]?.kind === 'integer' ? wholeNumber(value) : value
  }
  const timeouts = timeoutsOf(kept)
  for (const { key, effective, why } of 'wrong' in timeouts ? [] : timeouts.adjusted) {
    tell([...prefix, key], 'changed', asked[key], why, String(effective))
    kept[key] = effective
  }
  return kept
}

function takePostgresql(asked: Tree, prefix: string[], limits: LabLimits, tell: Tell): Tree {
  const kept: Tree = {}
  for (const [key, value] of Object.entries(asked)) {
    const path = [...prefix, key]
    if (key === 'parameters' && isTree(value)) {
      const parameters: Tree = {}
      for (const [name, wanted] of Object.entries(value)) {
        const why = wanted === null ? 'it has no value' : parameterLeftOut(name.toLowerCase(), wanted, limits)
        if (why) tell([...path, name], 'left out', wanted, why)
        else parameters[name.toLowerCase()] = wanted
      }
      kept[key] = parameters
      continue
    }
    const why = leftOut(`postgresql.${key}`, value, limits)
    if (why) tell(path, 'left out', value, why)
    else if (value !== null) kept[key] = value
  }
  return kept
}

/**
 * A topology with a person's own configuration: what that does not say holds as Patroni has it, and not as the topology
 * does. PostgreSQL's parameters come on top of the topology's, which keep it small.
 */
export function withPatroni(topology: Topology, { config }: OwnPatroni): Topology {
  const patroni = Object.keys(patroniSettings.shape).map((key) => {
    const { kind, standard } = dynamicKeys[key]!
    const value = config[key] ?? standard
    // `quorum` is a way to be synchronous
    return [key, kind === 'integer' ? value : (yesOrNo(value) ?? true)]
  })
  return {
    ...topology,
    settings: { ...topology.settings, patroni: patroniSettings.parse(Object.fromEntries(patroni)) },
  }
}

/** A person's own configuration without what --set says as well: that wins. */
export function withoutSet({ config, notHonoured }: OwnPatroni, set: readonly string[]): OwnPatroni {
  const named = (area: string): string[] =>
    set.flatMap((one) => (one.startsWith(`${area}.`) ? [one.slice(area.length + 1).split('=', 1)[0]!] : []))
  const without = (tree: Tree, keys: readonly string[]): Tree =>
    Object.fromEntries(Object.entries(tree).filter(([key]) => !keys.includes(key)))
  const kept = without(config, named('patroni'))
  const { postgresql } = kept
  if (!isTree(postgresql) || !isTree(postgresql['parameters'])) return { config: kept, notHonoured }
  const parameters = without(postgresql['parameters'], named('postgresql'))
  return { config: { ...kept, postgresql: { ...postgresql, parameters } }, notHonoured }
}
