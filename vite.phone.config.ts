import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The oldest browser on the phones in use. */
export const PHONE_BROWSER = 'chrome88'

/** Builds the phone page into `dist/phone`, which the server gives out at `/phone/`; `tools/build-phone.ts` adds the service worker. */
export default defineConfig({
  root: here('apps/phone'),
  base: '/phone/',
  publicDir: here('apps/phone/public'),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('dist/phone'),
    emptyOutDir: true,
    target: PHONE_BROWSER,
    cssTarget: PHONE_BROWSER,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
})
