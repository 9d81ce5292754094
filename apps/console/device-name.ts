/** The order matters: Edge and WeChat also call themselves Chrome, and Chrome calls itself Safari. */
const BROWSERS = [
  ['MicroMessenger', 'WeChat 微信'],
  ['DingTalk', 'DingTalk 钉钉'],
  ['HeadlessChrome', 'Chrome'],
  ['Edg', 'Edge'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const

const SYSTEMS = [
  ['HarmonyOS', 'HarmonyOS'],
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const

/**
 * What people call a device, from what its browser sends about itself; undefined when nothing is recognised.
 *
 * @example deviceName('Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Chrome/140.0 Safari/537.36') // 'Chrome, Windows'
 */
export function deviceName(userAgent: string): string | undefined {
  const nameIn = (list: readonly (readonly [string, string])[]) => list.find(([mark]) => userAgent.includes(mark))?.[1]
  const parts = [nameIn(BROWSERS), nameIn(SYSTEMS)].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(', ') : undefined
}
