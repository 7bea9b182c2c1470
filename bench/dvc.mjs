// Data under version control, beside the real DVC: whole cold processes in turn, each on a repository of its own.
// node bench/dvc.mjs [--help]
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { costOf } from './compare.mjs'
import { commandOf, DVC, installPython, keepCost, makeData, need, printSteps, withoutSettings } from './dvc-peer.mjs'
import { tellMachine } from './prepare.mjs'
import { megabytes, needRoom, stop, thousands, wholeNumber } from './words.mjs'

const FOLDER = join(tmpdir(), 'dayshift-bench-dvc')

const HELP = `node bench/dvc.mjs [options]

  --files N         small files in one tracked directory (default: 100000)
  --bytes N         bytes of each (default: 100)
  --large N         large files in another (default: 4; 0 leaves that out)
  --megabytes N     size of each of those (default: 256)
  --runs N          of each tool, the median counts (default: 3)
  --tools a,b       dayshift, dvc, md5, cp (default: all)
  --folder FOLDER   where repositories are made; the peer stays there (default: ${FOLDER})
  --json FILE       write every run, with machine and versions
`

const { values: flags } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    bytes: { type: 'string', default: '100' },
    large: { type: 'string', default: '4' },
    megabytes: { type: 'string', default: '256' },
    runs: { type: 'string', default: '3' },
    tools: { type: 'string', default: 'dayshift,dvc,md5,cp' },
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
mkdirSync(folder, { recursive: true })
const machine = tellMachine()
const home = installPython(folder, DVC, [`dvc==${DVC}`])
const python = join(home, 'bin', 'python')
withoutSettings(folder)

const small = { count: wholeNumber(flags.files, '--files'), bytes: wholeNumber(flags.bytes, '--bytes') }
const large = { count: Number(flags.large), bytes: wholeNumber(flags.megabytes, '--megabytes') * 1e6 }

const jobs = [{ name: `${thousands(small.count)} files of ${thousands(small.bytes)} B`, ...small }]
if (large.count > 0) jobs.push({ name: `${large.count} files of ${megabytes(large.bytes)} MB`, ...large })

/** What is measured, in this order on each repository; what comes before a step is not measured. */
const STEPS = [
  { step: 'start', words: ['root'] },
  { step: 'add', words: ['add', 'data'] },
  { step: 'status, clean', before: warm, words: ['status'] },
  { step: 'add, 1 changed', before: change, words: ['add', 'data'] },
  { step: 'checkout', before: clear, words: ['checkout'] },
]

/**
 * Small files are deleted at the end only: ext4 is slow to make files where others went less than half a minute ago.
 * Large ones are deleted after each turn, as all of them together would fill a disk.
 */
let made = 0
rmSync(join(folder, 'repos'), { recursive: true, force: true })

const results = jobs.map((job) => {
  console.log(`\n${job.name}; whole cold processes in turn, median of ${runs}\n`)
  const measured = new Map()
  for (let run = 0; run < runs; run++) for (const tool of tools) measure(job, tool, measured)
  return { job: job.name, rows: printSteps(measured) }
})
rmSync(join(folder, 'repos'), { recursive: true, force: true })
if (flags.json !== undefined) {
  writeFileSync(
    flags.json,
    `${JSON.stringify({ when: new Date().toISOString(), machine, peers: { dvc: DVC }, results }, undefined, 2)}\n`,
  )
}

function measure(job, tool, measured) {
  // Its data, a cached copy, the data that was moved away, and what is checked out.
  needRoom(folder, 4 * job.count * job.bytes)
  measureOne(job, tool, measured)
  if (job.count < 1000) rmSync(join(folder, 'repos'), { recursive: true })
}

function measureOne(job, tool, measured) {
  const root = join(folder, 'repos', String(made++))
  makeData(join(root, 'data'), job)
  if (tool === 'md5') return keepCost(measured, 'add: md5sum', costOf(python, ['dvc_cost.py', ...md5(root)], root))
  if (tool === 'cp') return keepCost(measured, 'add: plain copy', costOf(python, ['dvc_cost.py', ...copy(root)], root))
  need(root, 'git', ['init', '--quiet'])
  need(root, join(home, 'bin', 'dvc'), ['init', '--quiet'])
  for (const { step, before, words } of STEPS) {
    before?.(root, job, tool)
    keepCost(measured, `${step}: ${tool}`, costOf(python, ['dvc_cost.py', ...commandOf(home, tool, words)], root))
  }
}

/** The least that there is to do: OpenSSL's md5 of every byte. */
function md5(root) {
  return ['sh', '-c', `find '${root}/data' -type f -print0 | xargs -0 openssl md5`]
}

/** The least that a cache costs: a copy of every file, without hash, name by content or a word to the disk. */
function copy(root) {
  return ['cp', '-r', join(root, 'data'), join(root, 'copy')]
}

/** A first status may remember what the next one uses, in both tools. */
function warm(root, _job, tool) {
  const [program, ...words] = commandOf(home, tool, ['status'])
  need(root, program, words)
}

function change(root) {
  writeFileSync(join(root, 'data', '0', '0.txt'), 'changed')
}

function clear(root) {
  renameSync(join(root, 'data'), join(root, '..', `${made++}`))
}
