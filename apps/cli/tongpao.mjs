#!/usr/bin/env node
/**
 * `npx tongpao …`: works on the Node that the machine has (≥ 20), installs the packages when they are missing, and goes on
 * with the Node that the project brings along, which runs the TypeScript as it stands.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureDependencies, PROJECT_NODE } from '../../tools/ensure-dependencies.mjs'

try {
  await ensureDependencies()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const child = spawn(PROJECT_NODE, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
// Ctrl-C reaches both processes through the terminal; ours only waits for the other one to finish.
process.on('SIGINT', () => undefined)
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
})
