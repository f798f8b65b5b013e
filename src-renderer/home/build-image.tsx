import { useState } from 'react'
import { useStream } from '../app/use-stream.js'
import { Button } from '../ui/button.js'
import { duration } from '../ui/format.js'
import { SaidBox } from '../ui/said.js'

/** The host image is missing: what it is, one button, then honest progress by step with the builder's own last line. */
export function BuildImage({ building }: { building: boolean }) {
  const [asked, setAsked] = useState(false)
  const { value, failure } = useStream('image.build', asked || building ? undefined : null)
  const progress = value
  const running = (asked || building) && !failure
  return (
    <>
      <h2 className="t4">{running ? 'Building the host image' : 'The host image is not built yet'}</h2>
      {running ? (
        <div className="build" role="status">
          <div className="build-track" aria-hidden="true">
            <div style={{ width: progress ? `${(progress.step / Math.max(1, progress.steps)) * 100}%` : 0 }} />
          </div>
          <p className="row">
            <span className="strong">{progress ? progress.phase : 'starting'}</span>
            {progress && (
              <span className="mono tn ink2">
                step {progress.step} of {progress.steps}, {duration(progress.seconds * 1000)}
              </span>
            )}
          </p>
          <p className="mono t1 ink3 cut">{progress?.line ?? ' '}</p>
        </div>
      ) : (
        <>
          <p className="next-text">
            PostgreSQL, Patroni, etcd, pgBackRest and HAProxy in one image, built once from Debian’s packages. Then labs
            start in seconds.
          </p>
          {failure && <SaidBox said={failure} />}
          <Button look="go" size="large" onClick={() => setAsked(true)}>
            {failure ? 'Build the host image again' : 'Build the host image'}
          </Button>
        </>
      )}
    </>
  )
}
