import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '../../../src-renderer/app/app.js'
import { startKeyboard } from '../../../src-renderer/app/commands.js'
import { useThisConnection } from '../../../src-renderer/app/connection.js'
import { startRoute, useRoute } from '../../../src-renderer/app/route.js'
import { startTheme, useTheme } from '../../../src-renderer/app/theme.js'
import '../../../src-renderer/styles/base.css'
import { galleryConnection } from './client.js'
import { sceneOf } from './scenes.js'

const query = new URLSearchParams(window.location.search)
const name = query.get('at') ?? 'home'
const scene = sceneOf(name)
useThisConnection(galleryConnection(scene))
startTheme()
if (query.get('theme') === 'light') useTheme.getState().choose('light')
if (query.get('theme') === 'dark') useTheme.getState().choose('dark')
startRoute()
startKeyboard()
useRoute.setState({ route: scene.route })
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
