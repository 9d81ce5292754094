/** Registers the service worker after the page is drawn: on a slow phone the first content comes first. */
export function startServiceWorker(): void {
  if (!('serviceWorker' in navigator) || !isSecureContext) return
  const register = () => {
    navigator.serviceWorker.register('/phone/sw.js', { scope: '/phone/' }).catch((error: unknown) => {
      console.warn('offline mode is not available', error)
    })
  }
  if (document.readyState === 'complete') register()
  else addEventListener('load', register, { once: true })
}
