import { useCallback, useEffect, useState } from 'react'
import type { BackupsView } from '../../src-main/contract/backup.js'
import { createClient, failureOf, type Failure } from '../app/connection.js'

const everyMs = 15_000

/**
 * Backups of a repository and what can be reached, asked when shown, every 15 s, and when told to. Until another one has
 * answered, the view is still that of the one before.
 */
export function useBackups(
  lab: string,
  repository: string,
): { view: BackupsView | null; failure: Failure | null; again: () => void } {
  const [view, setView] = useState<BackupsView | null>(null)
  const [failure, setFailure] = useState<{ of: string; said: Failure } | null>(null)
  const [round, setRound] = useState(0)
  const again = useCallback(() => setRound((n) => n + 1), [])
  useEffect(() => {
    let gone = false
    const ask = (): void =>
      void createClient()
        .backups.list({ lab, repository })
        .then(
          (value) => {
            if (gone) return
            setView(value)
            setFailure(null)
          },
          (error: unknown) => !gone && setFailure({ of: repository, said: failureOf(error) }),
        )
    ask()
    const timer = setInterval(ask, everyMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [lab, repository, round])
  const failed = failure?.of === repository ? failure.said : null
  // what one host said is not shown under the name of another that does not answer
  return { view: failed && view?.repository !== repository ? null : view, failure: failed, again }
}
