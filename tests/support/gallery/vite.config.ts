import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * The renderer on made-up data, for work on how it looks: `npx vite -c tests/support/gallery/vite.config.ts`, then
 * open /?at=home, /?at=boot, /?at=work (see scenes.ts). Nothing of it is in the product's bundle.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { host: '127.0.0.1', port: 5199, strictPort: false, fs: { allow: ['../../..'] } },
})
