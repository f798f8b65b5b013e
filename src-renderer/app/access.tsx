import { useEffect, useState } from 'react'
import type { ConnectionState } from './connection.js'
import { IconSheet, Icon } from '../ui/icons.js'
import { Button } from '../ui/button.js'

/** Without the token nothing is shown; the page says where the address with the token is. */
export function NoAccess({ state }: { state: 'no-token' | 'refused' }) {
  const missing = state === 'no-token'
  return (
    <main className="page" tabIndex={-1}>
      <IconSheet />
      <Icon name="logo" size={20} />
      <h1 className="t4">
        {missing ? 'This address lacks its access token' : 'The access token is not the right one'}
      </h1>
      <p>
        {missing
          ? 'pg-ha-dojo gives every start a token of its own, so that nobody else on this machine can open your labs.'
          : 'pg-ha-dojo was started again since this address was printed, and gave itself a new token.'}
      </p>
      <p>
        Next: open the address that <code className="mono">npm start</code> or <code className="mono">dojo serve</code>{' '}
        printed in its terminal. It ends in <code className="mono">#token=</code> and a long word.
      </p>
    </main>
  )
}

const graceMs = 700

/** The connection is away: said once it lasts, in a place that moves nothing under the pointer for a short one. */
export function ConnectionBanner({ state }: { state: ConnectionState }) {
  const away = state === 'connecting' || state === 'offline'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(away), away ? graceMs : 0)
    return () => clearTimeout(timer)
  }, [away])
  return (
    <div role="status" style={{ display: 'contents' }}>
      {shown && away && (
        <div className="banner">
          <Icon name="waiting" className="shape-waiting" />
          <span className="strong">Not connected to pg-ha-dojo</span>
          <span className="ink2 grow">
            What you see is the last that was known. Labs go on running; this window connects again by itself.
          </span>
          <Button size="small" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      )}
    </div>
  )
}
