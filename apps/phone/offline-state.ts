/** Browsers give service workers to HTTPS and localhost only; without one, the page needs the network to open. */
export type OfflineState = 'ready' | 'preparing' | 'off'

export function offlineState(): OfflineState {
  if (!isSecureContext || !('serviceWorker' in navigator)) return 'off'
  return navigator.serviceWorker.controller ? 'ready' : 'preparing'
}
