/**
 * Installs the packages when they are missing or do not match `package-lock.json`. Runs before `npm start` and `npm test` and
 * from `npx tongpao`, on whatever Node and npm the machine has (Node ≥ 20), so: plain JavaScript, nothing but Node itself.
 *
 * `npm install` and not `npm ci`: the latter refuses a lock file whose optional packages are for other machines.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const MODULES = path.join(ROOT, 'node_modules')
/** There while an install runs; when it is still there later, that install was cut off. */
const UNFINISHED = path.join(MODULES, '.tongpao-installing')
const NODE_MAJOR_MIN = 20
const IS_ENGLISH = process.env.TONGPAO_LANG === 'en'

/** The Node that the project brings along. */
export const PROJECT_NODE = path.join(MODULES, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Resolves when the packages are there; throws an Error whose message is for the person at the terminal. */
export async function ensureDependencies() {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    throw new Error(
      word(
        `需要 Node ${NODE_MAJOR_MIN} 或更高版本，现在是 ${process.version}。`,
        `Node ${NODE_MAJOR_MIN} or newer is needed; this is ${process.version}.`,
      ),
    )
  }
  if (!isStale()) return
  const release = await takeTurn()
  try {
    // Another process may have installed while we waited for our turn.
    if (isStale()) await install()
  } finally {
    release()
  }
}

/** Compares what npm says it installed with what the lock file wants. */
function isStale() {
  if (existsSync(UNFINISHED) || !existsSync(PROJECT_NODE)) return true
  const wanted = packagesOf(path.join(ROOT, 'package-lock.json'))
  const installed = packagesOf(path.join(MODULES, '.package-lock.json'))
  if (!wanted || !installed) return true
  return Object.entries(wanted).some(([place, { version, optional }]) => {
    if (place === '') return false
    const found = installed[place]
    return found ? found.version !== version : !optional
  })
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages
  } catch {
    return undefined
  }
}

async function install() {
  tell(
    '首次使用或依赖有更新，正在安装依赖（约需一分钟）…',
    'Installing the packages (first use, or they changed; about a minute)…',
  )
  mkdirSync(MODULES, { recursive: true })
  writeFileSync(UNFINISHED, String(process.pid))
  const startedAt = performance.now()
  const tick = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    tell(`仍在安装依赖…（${seconds} 秒）`, `still installing the packages… (${seconds} s)`)
  }, 15_000)
  try {
    await npm([
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--include=dev',
      '--include=optional',
      '--loglevel=error',
    ])
    if (!runs(PROJECT_NODE)) await npm(['rebuild', 'node', '--foreground-scripts'])
  } finally {
    clearInterval(tick)
  }
  if (!runs(PROJECT_NODE)) {
    throw new Error(
      word(
        '依赖已安装，但缺少项目自带的 Node（npm 包 node）。请检查 npm 是否禁止了安装脚本（ignore-scripts），然后重试。',
        'The packages are installed, but the project’s own Node (npm package node) is missing. See whether npm forbids install scripts (ignore-scripts), then try again.',
      ),
    )
  }
  rmSync(UNFINISHED, { force: true })
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  tell(`依赖安装完成（${seconds} 秒）。`, `The packages are installed (${seconds} s).`)
}

/** npm's own words go to standard error, so that what a command prints stays clean. */
function npm(flags) {
  // Inside `npm start` this names the npm that runs; otherwise the one on the path.
  const self = process.env.npm_execpath
  const viaNode = self?.endsWith('.js') || self?.endsWith('.cjs')
  const program = viaNode ? process.execPath : 'npm'
  const child = spawn(program, viaNode ? [self, ...flags] : flags, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: !viaNode && process.platform === 'win32',
  })
  return new Promise((resolve, reject) => {
    const fail = (reason) =>
      reject(
        new Error(
          word(
            `npm ${flags[0]} 失败（${reason}）。请检查网络或 npm 镜像设置（npm config get registry）后重试。`,
            `npm ${flags[0]} failed (${reason}). Check the network or npm's registry (npm config get registry), then try again.`,
          ),
        ),
      )
    child.once('error', (error) => fail(error.message))
    child.once('close', (code, signal) => (code === 0 ? resolve() : fail(signal ?? `exit status ${code}`)))
  })
}

function runs(program) {
  return existsSync(program) && spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Lets one process at a time install into this folder: whoever listens on a name made from the folder has the turn, and the
 * system takes the name away when that process ends, however it ends.
 */
async function takeTurn() {
  const name = `tongpao-install-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`
  const address = addressOf(name)
  let toldOnce = false
  for (;;) {
    const server = await listen(address)
    if (server) return () => server.close()
    if (!toldOnce) tell('另一个进程正在安装依赖，等待中…', 'Another process is installing the packages; waiting…')
    toldOnce = true
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function addressOf(name) {
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return path.join(tmpdir(), `${name}.sock`)
}

async function listen(address) {
  const server = createServer((socket) => socket.destroy())
  const isOurs = await new Promise((resolve, reject) => {
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    server.listen(address, () => resolve(true))
  })
  if (isOurs) {
    server.unref()
    return server
  }
  // A socket file (macOS) stays behind when its process is killed; nobody answers there.
  if (path.isAbsolute(address) && process.platform !== 'win32' && !(await answers(address)))
    rmSync(address, { force: true })
  return undefined
}

function answers(address) {
  return new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function word(zh, en) {
  return IS_ENGLISH ? en : `${zh}\n${en}`
}

function tell(zh, en) {
  process.stderr.write(`${IS_ENGLISH ? en : zh}\n`)
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  ensureDependencies().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
