import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { closedLoop } from './http-load.ts'
import { FIRST_UNIT, fillCity, openStage, personAt, tokenOf } from './stage.ts'

const SIZE = { units: 4000, people_per_unit: 13 }
const s = await openStage()
await fillCity(s.admin, SIZE)
const { host, database, user } = s.opened.appConfig
const child = spawn(
  process.execPath,
  ['--cpu-prof', '--cpu-prof-dir=/tmp/prof', 'bench/node.ts', JSON.stringify({ host, database, user })],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
const [line] = await once(createInterface({ input: child.stdout }), 'line')
let i = 0
const mk = (n: number, max: number) => {
  let c = 0
  return () => {
    if (c++ >= max) return undefined
    const u = i % SIZE.units,
      d = new Date(Date.parse('2020-01-23T00:00:00Z') + Math.floor(i / SIZE.units) * 86400000)
        .toISOString()
        .slice(0, 10)
    i++
    const unit_id = FIRST_UNIT + u
    return {
      path: '/api/operations/1/duty-confirmations',
      token: tokenOf(unit_id),
      key: crypto.randomUUID(),
      body: JSON.stringify({
        unit_id,
        duty_date: d,
        said_at: d + 'T20:05:00+08:00',
        lines: Array.from({ length: n }, (_, p) => ({
          span_id: crypto.randomUUID(),
          person_id: personAt(SIZE, u, p),
          post_id: unit_id,
          starts_at: d + 'T08:00:00+08:00',
          ends_at: d + 'T20:00:00+08:00',
        })),
      }),
    }
  }
}
const seen=new Map<string,number>(); let sampling=true
const sampler=(async()=>{while(sampling){const {rows}=await s.admin.query("select coalesce(wait_event_type||':'||wait_event,'cpu') w, backend_type b, state from pg_stat_activity where pid<>pg_backend_pid() and (state='active' or state is null or state like 'idle in%')");for(const r of rows){const k=r.b+' '+r.state+' '+r.w;seen.set(k,(seen.get(k)??0)+1)};await new Promise(r=>setTimeout(r,20))}})()
for (const [n, c] of [
  [1, 4000],
  [1, 8000],
  [12, 4000],
] as const) {
  const r = await closedLoop(Number(line), 64, mk(n, c))
  console.log(n, c, r.seconds, (c / r.seconds).toFixed(0), [...r.statuses])
}
sampling=false; await sampler; console.log([...seen].sort((a,b)=>b[1]-a[1]).slice(0,14)); child.kill('SIGTERM')
await once(child, 'exit')
await s.close()
