// Every benchmark at one size, quick ones first; what they find is kept in bench/results, and told in bench/README.md.
// node bench/all.mjs [--help]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readResults, resultOf, RESULTS, tablesOf, withTables } from './results.mjs'
import { FOLDER } from './rows.mjs'
import { megabytes, stop, thousands, wholeNumber } from './words.mjs'

const HELP = `node bench/all.mjs [options]

  --rows N          size of all that has one (default: 1000000; 10000000 and 50000000 are what is claimed)
  --only a,b        some of the benchmarks
  --runs N          of each tool, the median counts (default: 1)
  --minutes N       a benchmark that takes longer is ended (default: by its size)
  --folder FOLDER   where data and peers are kept (default: ${FOLDER})
  --results FOLDER  where results are written, beside those of other sizes (default: bench/results)
  --keep            leave the data for the next time; peers stay in any case
  --tables          measure nothing, and make the page's tables of the results that are there
  --check           measure nothing, and tell whether the page says what the results do

Benchmarks, in this order:
`

/** Rows that full sizes begin with: the others are quick looks. */
const FULL = 10_000_000
/** From here on what would not fit into 24 GiB is left out. */
const HUGE = 20_000_000

/**
 * `words`: what it is run with; `bytes`: of disk that it takes; `minutes`: how long it may take at a million rows, or at all
 * where it has no rows.
 */
const BENCHES = {
  start: { what: 'the first answer of the command line', words: () => [], bytes: () => 1e6, minutes: () => 10 },
  freshness: {
    what: 'the age of many files, and of a column',
    words: ({ rows }) => ['--rows', rows],
    bytes: ({ rows }) => rows * 60 + 100e6,
    minutes: ({ rows }) => 10 + rows / 1e6,
  },
  catalog: {
    what: 'catalogs and journals',
    words: ({ rows, runs }) => [
      ...(rows < FULL ? ['--entries', 10_000, '--journal-mb', 60] : ['--entries', '10000,100000', '--journal-mb', 600]),
      '--runs',
      runs,
    ],
    bytes: () => 2e9,
    minutes: () => 15,
  },
  run: {
    what: 'the whole workflow, beside pandas, Pandera, DVC and scipy',
    words: ({ rows, runs }) => ['--rows', rows, '--runs', runs],
    bytes: ({ rows }) => rows * 600,
    minutes: ({ rows, runs }) => 15 + runs * 4 * (rows / 1e6),
  },
  frame: {
    what: 'samples, profiles and an ETL, beside pandas and polars',
    words: ({ rows, runs }) => ['--rows', rows, '--runs', runs],
    bytes: ({ rows }) => rows * 130,
    minutes: ({ rows, runs }) => 15 + runs * 4 * (rows / 1e6),
  },
  validate: {
    what: 'contracts, beside Pandera and Zod',
    words: ({ rows, runs }) => [
      '--rows',
      rows,
      '--runs',
      runs,
      ...(rows >= HUGE ? ['--jobs', 'clean-csv,few-csv,clean-parquet,few-parquet'] : []),
    ],
    bytes: ({ rows }) => rows * 500,
    minutes: ({ rows, runs }) => 15 + runs * 8 * (rows / 1e6),
  },
  drift: {
    what: 'drift of numbers, beside scipy and Evidently',
    words: ({ rows, runs }) => [
      '--rows',
      rows,
      '--runs',
      runs,
      ...(rows >= HUGE ? ['--jobs', 'ks-memory,ks-parquet,ks-csv'] : []),
    ],
    bytes: ({ rows }) => rows * 400,
    minutes: ({ rows, runs }) => 15 + runs * 4 * (rows / 1e6),
  },
  dvc: {
    what: 'versions, beside DVC',
    words: ({ rows, runs }) => [
      ...(rows < FULL ? ['--files', 10_000, '--large', 0] : ['--files', 100_000, '--large', 4]),
      '--runs',
      runs,
    ],
    bytes: ({ rows }) => (rows < FULL ? 2e9 : 20e9),
    minutes: ({ rows, runs }) => runs * (rows < FULL ? 15 : 40),
  },
  'dvc-remotes': {
    what: 'remotes, beside DVC',
    words: ({ rows, runs }) => [
      ...(rows < FULL ? ['--files', 1000, '--remotes', 'local'] : ['--files', 10_000]),
      '--large-gb',
      0,
      '--runs',
      runs,
    ],
    bytes: ({ rows }) => (rows < FULL ? 1e9 : 10e9),
    minutes: ({ rows, runs }) => runs * (rows < FULL ? 15 : 40),
  },
}
const WITH_FOLDER = new Set(['run', 'frame', 'validate', 'drift', 'dvc', 'dvc-remotes'])

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    only: { type: 'string', default: Object.keys(BENCHES).join(',') },
    runs: { type: 'string', default: '1' },
    minutes: { type: 'string' },
    folder: { type: 'string', default: FOLDER },
    results: { type: 'string', default: RESULTS },
    keep: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(HELP)
  for (const [name, { what }] of Object.entries(BENCHES)) console.log(`  ${name.padEnd(12)}  ${what}`)
  process.exit()
}
const kept = resolve(flags.results)
const page = join(import.meta.dirname, 'README.md')
if (flags.check) {
  const text = readFileSync(page, 'utf8')
  if (withTables(text, readResults(kept)) !== text)
    stop('bench/README.md is not what bench/results say: node bench/all.mjs --tables')
  process.exit()
}
if (flags.tables) {
  writeTables()
  process.exit()
}
const only = flags.only.split(',')
for (const name of only) {
  if (!BENCHES[name]) stop(`there is no benchmark ${name}; there are ${Object.keys(BENCHES).join(', ')}`)
}
const size = { rows: wholeNumber(flags.rows, '--rows'), runs: wholeNumber(flags.runs, '--runs') }
const limit = flags.minutes === undefined ? undefined : wholeNumber(flags.minutes, '--minutes')
if (!existsSync(new URL('../apps/cli/dist/main.js', import.meta.url))) stop('first: npm run build')
const folder = resolve(flags.folder)
mkdirSync(folder, { recursive: true })
mkdirSync(kept, { recursive: true })

let child
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    endAll(child)
    if (!flags.keep) clear()
    process.exit(1)
  })
}

const failed = []
for (const name of Object.keys(BENCHES).filter((one) => only.includes(one))) {
  const began = Date.now()
  const why = await measure(name)
  const seconds = ((Date.now() - began) / 1000).toFixed(0)
  console.log(`=== ${name}: ${why ?? 'measured'}, ${seconds} s`)
  if (why !== undefined) failed.push(`${name} (${why})`)
}
if (!flags.keep) clear()
if (kept === RESULTS) writeTables()
else console.log(tablesOf(readResults(kept)))
if (failed.length > 0) stop(`not measured: ${failed.join(', ')}`)

/** Runs one; what is wrong where it did not get through. */
async function measure(name) {
  const { words, bytes, minutes } = BENCHES[name]
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < bytes(size)) {
    return `needs ${megabytes(bytes(size))} MB in ${folder}, which has ${megabytes(bavail * bsize)}`
  }
  const scratch = mkdtempSync(join(tmpdir(), 'dayshift-bench-all-'))
  const json = join(scratch, 'told.json')
  const list = words(size).map(String)
  const command = ['node', `bench/${name}.mjs`, ...list].join(' ')
  const most = limit ?? minutes(size)
  console.log(`\n=== ${name}: ${command}, at most ${most.toFixed(0)} minutes\n`)
  try {
    const place = WITH_FOLDER.has(name) ? ['--folder', folder] : []
    const script = join(import.meta.dirname, `${name}.mjs`)
    // A group of its own, so that all that it starts can be ended with it.
    child = spawn(process.execPath, [script, ...list, ...place, '--json', json], { stdio: 'inherit', detached: true })
    let late = false
    const clock = setTimeout(() => {
      late = true
      endAll(child)
    }, most * 60_000)
    const [status, signal] = await once(child, 'exit')
    clearTimeout(clock)
    if (late) return `ended after ${most.toFixed(0)} minutes`
    if (status !== 0) return signal ? `ended by ${signal}` : `exit code ${status}`
    const result = resultOf(name, JSON.parse(readFileSync(json, 'utf8')), size.rows, command)
    writeFileSync(join(kept, `${name}-${size.rows}.json`), `${JSON.stringify(result, undefined, 1)}\n`)
    return undefined
  } finally {
    child = undefined
    rmSync(scratch, { recursive: true, force: true })
    for (const left of ['repos', 'projects']) rmSync(join(folder, left), { recursive: true, force: true })
  }
}

function endAll(process_) {
  if (process_?.pid === undefined) return
  try {
    process.kill(-process_.pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}

/** Data goes, peers stay. */
function clear() {
  for (const name of readdirSync(folder)) {
    if (/^(rows|drift)-.*\.(csv|parquet|json|part)$|^out\.|^(repos|projects)$/.test(name)) {
      rmSync(join(folder, name), { recursive: true, force: true })
    }
  }
}

function writeTables() {
  const results = readResults(kept)
  writeFileSync(page, withTables(readFileSync(page, 'utf8'), results))
  console.log(`\n${tablesOf(results)}\n${thousands(results.length)} results; they stand in bench/README.md`)
}
