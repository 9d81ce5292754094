import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Builds the console into `dist/console`, which the server gives out at `/`. */
export default defineConfig({
  root: here('apps/console'),
  base: '/',
  publicDir: here('apps/console/public'),
  build: {
    outDir: here('dist/console'),
    emptyOutDir: true,
    target: 'chrome88',
    // The largest piece is the components library, which every page shares and browsers keep.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      onLog(level, log, report) {
        // "use client" speaks to server rendering, which is not done here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log)
      },
    },
  },
})
