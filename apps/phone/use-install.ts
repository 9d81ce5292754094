import { useEffect, useState } from 'preact/hooks'

interface InstallEvent extends Event {
  prompt(): Promise<unknown>
}

function isInstallEvent(event: Event): event is InstallEvent {
  return 'prompt' in event
}

let offered: InstallEvent | undefined

// The browser offers once, often before any page of ours is drawn.
addEventListener('beforeinstallprompt', (event) => {
  if (!isInstallEvent(event)) return
  event.preventDefault()
  offered = event
})

/** Puts the page on the home screen, where the browser offers that; never asked for unbidden. */
export function useInstall(): (() => void) | undefined {
  const [offer, setOffer] = useState(offered)
  useEffect(() => {
    const update = () => setOffer(offered)
    addEventListener('beforeinstallprompt', update)
    return () => removeEventListener('beforeinstallprompt', update)
  }, [])
  if (!offer) return undefined
  return () => {
    void offer.prompt()
    offered = undefined
    setOffer(undefined)
  }
}
