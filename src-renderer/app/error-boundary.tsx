import { Component, type ReactNode } from 'react'
import { Button } from '../ui/button.js'
import { SaidBox } from '../ui/said.js'

/** A fault of a screen stays in that screen: it says so and can be drawn again; the lab is not touched. */
export class ErrorBoundary extends Component<{ what: string; children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div className="boundary">
        <SaidBox
          said={{
            what: `${this.props.what} could not be drawn`,
            why: error.message,
            next: 'Draw it again; the lab goes on running either way',
          }}
        />
        <Button onClick={() => this.setState({ error: null })}>Draw it again</Button>
      </div>
    )
  }
}
