export { runInTerminal, type RunRequest } from './run-in-terminal.js'
export { TerminalPanel } from './terminal-panel.js'
