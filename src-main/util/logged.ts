import type { Logger } from 'pino'

/** Where an external action happens: the same keys everywhere, so that one search follows one host. */
export type Where = { lab?: string; host?: string; fault?: string; [detail: string]: unknown }

/** Logs an external action before and after it, with the same words and the same fields. */
export async function logged<T>(log: Logger, action: string, where: Where, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const after = (): Where => ({ ...where, ms: Math.round(performance.now() - startedAt) })
  log.info(where, `${action}: begins`)
  try {
    const result = await run()
    log.info(after(), `${action}: done`)
    return result
  } catch (err) {
    log.error({ ...after(), err }, `${action}: failed`)
    throw err
  }
}
