// Data on its way to remotes and back, beside the real DVC: whole cold processes in turn, each with repositories of its own.
// node bench/dvc-remotes.mjs [--help]
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { costOf } from './compare.mjs'
import { commandOf, DVC, installPython, keepCost, makeData, need, printSteps, withoutSettings } from './dvc-peer.mjs'
import { tellMachine } from './prepare.mjs'
import { megabytes, needRoom, stop, thousands, wholeNumber } from './words.mjs'

const FOLDER = join(tmpdir(), 'dayshift-bench-remotes')
const MOTO = '5.1.18'

const HELP = `node bench/dvc-remotes.mjs [options]

  --files N          small files in one tracked directory (default: 10000; 0 leaves that out)
  --bytes N          bytes of each (default: 4096)
  --large-gb N       size of one large file (default: 4; 0 leaves that out). Six copies of it are made a tool, one tool after the other
  --runs N           of each tool, the median counts (default: 3)
  --remotes a,b      local (a folder), s3 (moto, on this machine) (default: all)
  --tools a,b        dayshift, dvc, and cp: what the place itself costs (default: all)
  --folder FOLDER    where repositories are made; the peers stay there (default: ${FOLDER})
  --json FILE        write every run, with machine and versions
`

const { values: flags } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    bytes: { type: 'string', default: '4096' },
    'large-gb': { type: 'string', default: '4' },
    runs: { type: 'string', default: '3' },
    remotes: { type: 'string', default: 'local,s3' },
    tools: { type: 'string', default: 'dayshift,dvc,cp' },
    folder: { type: 'string', default: FOLDER },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(HELP)
  process.exit()
}
if (!existsSync(new URL('../apps/cli/dist/main.js', import.meta.url))) stop('first: npm run build')

const folder = resolve(flags.folder)
const runs = wholeNumber(flags.runs, '--runs')
const tools = flags.tools.split(',')
const remotes = flags.remotes.split(',')
mkdirSync(folder, { recursive: true })
const machine = tellMachine()
const home = installPython(folder, `dvc-${DVC}`, [`dvc[s3]==${DVC}`])
const python = join(home, 'bin', 'python')
withoutSettings(folder)
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'anybody',
  AWS_SECRET_ACCESS_KEY: 'anything',
  AWS_DEFAULT_REGION: 'us-east-1',
})

const jobs = []
const small = { count: Number(flags.files), bytes: wholeNumber(flags.bytes, '--bytes') }
const large = { count: 1, bytes: Number(flags['large-gb']) * 1e9 }
if (small.count > 0) jobs.push({ name: `${thousands(small.count)} files of ${thousands(small.bytes)} B`, ...small })
if (large.bytes > 0) jobs.push({ name: `a file of ${megabytes(large.bytes)} MB`, ...large })

/** What is measured, in this order on each repository; what comes before a step is not measured. */
const STEPS = [
  { step: 'push', words: ['push'] },
  { step: 'push, nothing new', words: ['push'] },
  { step: 'status -c', words: ['status', '-c'] },
  { step: 'fetch', before: loseCache, words: ['fetch'] },
  { step: 'pull', before: loseAll, words: ['pull'] },
]

let made = 0
const results = []
for (const job of jobs) {
  for (const kind of remotes) results.push(await compare(job, kind))
}
if (flags.json !== undefined) {
  const peers = { dvc: DVC, ...(remotes.includes('s3') ? { moto: MOTO } : {}) }
  const told = { when: new Date().toISOString(), machine, peers, results }
  writeFileSync(flags.json, `${JSON.stringify(told, undefined, 2)}\n`)
}

async function compare(job, kind) {
  // Nothing is deleted while it measures: ext4 is slow to make files where others went less than half a minute ago.
  emptyRepos()
  spawnSync('sync')
  if (results.length > 0) await sleep(40_000)
  console.log(`\n${job.name}, ${kind}; whole cold processes in turn, median of ${runs}\n`)
  const measured = new Map()
  for (let run = 0; run < runs; run++) {
    // A large file is deleted after each tool, as those of all together would fill a disk.
    if (job.count > 1) await takeTurns(job, kind, tools, measured)
    else for (const tool of tools) await takeTurns(job, kind, [tool], measured, emptyRepos)
  }
  const rows = printSteps(measured)
  rmSync(join(folder, 'repos'), { recursive: true, force: true })
  return { job: job.name, remote: kind, rows }
}

/** Each run has a server of its own: what is in one makes it slower. */
async function takeTurns(job, kind, turns, measured, clear) {
  needRoom(folder, 6 * turns.length * job.count * job.bytes)
  const server = kind === 's3' ? await startMoto() : undefined
  try {
    for (const tool of turns) await measure(job, tool, server, measured)
  } finally {
    await server?.stop()
    clear?.()
  }
}

function emptyRepos() {
  rmSync(join(folder, 'repos'), { recursive: true, force: true })
  mkdirSync(join(folder, 'repos'))
}

async function measure(job, tool, server, measured) {
  const root = join(folder, 'repos', String(made++))
  if (tool === 'cp') return measureLimit(job, root, server, measured)
  makeData(join(root, 'data'), job)
  need(root, 'git', ['init', '--quiet'])
  need(root, join(home, 'bin', 'dvc'), ['init', '--quiet'])
  const url = server ? `s3://${await newBucket(server)}` : `${root}-remote`
  const endpoint = server ? `    endpointurl = ${server.url}\n` : ''
  writeFileSync(join(root, '.dvc', 'config'), `[core]\n    remote = r\n['remote "r"']\n    url = ${url}\n${endpoint}`)
  const [program, ...words] = commandOf(home, 'dayshift', ['add', 'data'])
  need(root, program, words)
  for (const { step, before, words: wanted } of STEPS) {
    before?.(root)
    keepCost(measured, `${step}: ${tool}`, costOf(python, ['dvc_cost.py', ...commandOf(home, tool, wanted)], root))
  }
}

/** A plain copy there, and back; to a server, plain HTTP without a word of S3. */
async function measureLimit(job, root, server, measured) {
  if (server) {
    const bucket = `${server.url}/${await newBucket(server)}`
    for (const [step, verb] of [
      ['push', 'put'],
      ['pull', 'get'],
    ]) {
      const words = ['s3-limit.mjs', verb, bucket, String(job.count), String(job.bytes)]
      keepCost(measured, `${step}: plain HTTP`, costOf(process.execPath, words, folder))
    }
    return
  }
  makeData(join(root, 'data'), job)
  for (const [step, from, to] of [
    ['push', 'data', 'there'],
    ['pull', 'there', 'back'],
  ]) {
    const words = ['dvc_cost.py', 'cp', '-r', join(root, from), join(root, to)]
    keepCost(measured, `${step}: plain copy`, costOf(python, words, folder))
  }
}

function loseCache(root) {
  renameSync(join(root, '.dvc', 'cache'), `${root}-lost-${made++}`)
}

function loseAll(root) {
  loseCache(root)
  renameSync(join(root, 'data'), `${root}-lost-${made++}`)
}

async function newBucket({ url }) {
  const name = `bucket-${made++}`
  const { status } = await fetch(`${url}/${name}`, { method: 'PUT' })
  if (status !== 200) stop(`moto made no bucket: ${status}`)
  return name
}

/** Moto, a single process of Python: it is the limit of what can be measured here. */
async function startMoto() {
  const place = installPython(folder, `moto-${MOTO}`, [`moto[server]==${MOTO}`])
  const port = await freePort()
  const child = spawn(join(place, 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  const end = () => child.kill()
  process.once('exit', end)
  for (let tries = 0; ; tries++) {
    if (child.exitCode !== null || tries > 600) stop('moto does not start')
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isThere) break
    await sleep(100)
  }
  return {
    url,
    async stop() {
      const ended = new Promise((done) => child.once('exit', done))
      process.off('exit', end)
      child.kill()
      await ended
    },
  }
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}
