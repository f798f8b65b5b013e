import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.js'
import { startKeyboard } from './app/commands.js'
import { connection } from './app/connection.js'
import { startRoute } from './app/route.js'
import { startTheme } from './app/theme.js'
import './styles/base.css'

startTheme()
connection() // takes the token out of the address before anything else reads it
startRoute()
startKeyboard()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
