import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type UserConfig } from 'electron-vite'

const here = (path: string): string => resolve(import.meta.dirname, path)

/** The entry points in src-main that exist, by name: what `out/main/<name>.js` is built from. */
const entries = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, here(`src-main/${name}.ts`)]).filter(([, file]) => existsSync(file!)))

/** bench/<name>.ts becomes out/main/bench/<name>.js: Node 20 runs no TypeScript. Files in folders below are shared. */
const benches = (): Record<string, string> => {
  const files = existsSync(here('bench')) ? readdirSync(here('bench')).filter((file) => file.endsWith('.ts')) : []
  return Object.fromEntries(files.map((file) => [`bench/${file.slice(0, -3)}`, here(`bench/${file}`)]))
}

// set-up builds into a folder beside out/ and swaps them, so that nobody ever runs half a build
const out = process.env.DOJO_OUT ?? 'out'
const main = entries('electron', 'headless', 'cli', 'setup')
const preload = entries('preload')

// electron-vite builds a part only when its key is there, and insists on the part's entry then
const config: UserConfig = {
  main: {
    build: {
      outDir: `${out}/main`,
      target: 'node20.19',
      sourcemap: true,
      rolldownOptions: {
        input: {
          ...main,
          ...benches(),
          'bench-report': here('bench/report/index.ts'),
          soak: here('tests/soak/soak.ts'),
        },
        external: ['playwright'], // for development only, which the plugin does not leave out by itself
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  ...(Object.keys(preload).length > 0 && {
    preload: {
      build: {
        outDir: `${out}/preload`,
        // a sandboxed preload is CommonJS, and can require nothing but electron: everything else goes in
        externalizeDeps: false,
        rolldownOptions: {
          input: preload,
          output: { format: 'cjs' as const, entryFileNames: '[name].cjs' },
        },
      },
    },
  }),
  ...(existsSync(here('src-renderer/index.html')) && {
    renderer: {
      root: here('src-renderer'),
      plugins: [react()],
      build: {
        outDir: here(`${out}/renderer`),
        emptyOutDir: true,
        minify: true, // electron-vite leaves the renderer unminified unless told
        chunkSizeWarningLimit: 2_000,
        rolldownOptions: { input: here('src-renderer/index.html') },
      },
    },
  }),
}

export default defineConfig(config)
