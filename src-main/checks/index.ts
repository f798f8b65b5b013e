export type { Answer, CheckContext, CheckKind, CheckResult, Scalar } from './check.js'
export {
  checkKinds,
  condition,
  conditionShape,
  evaluate,
  exactlyOne,
  exactlyOneMessage,
  partsOf,
  type Condition,
} from './conditions.js'
export type { ExecAnswer, ProbeSource, QueryOptions, Sources, SqlRoute } from './sources.js'
export { applyTime, eventually, holds, msOf, type Timed, type TimeMemory, type TimeRules } from './time.js'
export { readValue, sampleOf, valueSpec, type ValueReading, type ValueSpec } from './values.js'
