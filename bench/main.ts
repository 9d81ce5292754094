/**
 * The benchmarks: `npm run bench` runs all of them, `npm run bench -- confirmations` one. Each prints its bars as ratios or
 * counts and says whether they are held; the exit status is 1 when one is not.
 */
interface Bench {
  readonly about: string
  /** True when every bar is held. */
  run(args: readonly string[]): boolean | Promise<boolean>
}

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  policy: async () => {
    const { benchPolicy } = await import('./policy.ts')
    const { benchPolicyPeers } = await import('./policy-peers.ts')
    const { benchPolicyCompare } = await import('./policy-compare.ts')
    const parts = [benchPolicy, benchPolicyPeers, benchPolicyCompare]
    // Every part runs and prints, also after one that does not hold its bar.
    return { about: 'policy engine', run: () => parts.map((part) => part()).every((held) => held) }
  },
  statement: async () => (await import('./statement.ts')).bench,
  'what-if': async () => (await import('./what-if.ts')).bench,
  confirmations: async () => (await import('./confirmations.ts')).bench,
  fatigue: async () => (await import('./fatigue.ts')).bench,
  pages: async () => (await import('./pages.ts')).bench,
  start: async () => (await import('./start.ts')).bench,
  rostering: async () => (await import('./rostering.ts')).bench,
  'rostering-large': async () => (await import('./rostering-large.ts')).bench,
  'rostering-daily': async () => (await import('./rostering-daily.ts')).bench,
  'roster-board': async () => (await import('./roster-board.ts')).bench,
  faults: async () => (await import('./faults.ts')).bench,
}

const [wanted, ...args] = process.argv.slice(2)
if (wanted !== undefined && !Object.hasOwn(BENCHES, wanted)) {
  console.error(`no benchmark ${wanted}; there are: ${Object.keys(BENCHES).join(', ')}`)
  process.exit(2)
}
let held = true
for (const name of wanted === undefined ? Object.keys(BENCHES) : [wanted]) {
  const bench = await BENCHES[name]()
  console.log(`\n== ${name}: ${bench.about}`)
  held = (await bench.run(args)) && held
}
process.exit(held ? 0 : 1)
