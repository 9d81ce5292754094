import { render } from 'preact'
import { App } from './app.tsx'
import { startServiceWorker } from './service-worker-start.ts'

// The service worker is responsible for `/phone/` and below; `/phone` alone would stay without it.
if (location.pathname === '/phone') history.replaceState(null, '', `/phone/${location.search}${location.hash}`)

const root = document.getElementById('app')
if (root) {
  root.textContent = ''
  render(<App />, root)
}
startServiceWorker()
