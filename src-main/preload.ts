import { ipcRenderer } from 'electron'

/**
 * Passes the page's request for a MessagePort on to the main process, and the port back. Nothing else crosses: the page
 * sees no Electron and no Node.
 */
window.addEventListener('message', (event) => {
  if (event.source === window && event.origin === location.origin && event.data === 'dojo:port-please') {
    ipcRenderer.send('dojo:port-please')
  }
})

ipcRenderer.on('dojo:port', (event) => window.postMessage('dojo:port', location.origin, [...event.ports]))
