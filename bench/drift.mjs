// Drift of columns of numbers, beside scipy over pyarrow or pandas: whole cold processes in turn.
// node bench/drift.mjs [--help]
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { costOf, inTurn, unrest } from './compare.mjs'
import { installPeers, tellMachine } from './prepare.mjs'
import { FOLDER } from './rows.mjs'
import { megabytes, stop, thousands, wholeNumber } from './words.mjs'

const HELP = `node bench/drift.mjs [options]

  --rows N          rows of each of the two sides (default: 10000000)
  --jobs a,b        some of the jobs (default: all but ks-stream)
  --runs N          processes of each, the median counts (default: 3)
  --folder FOLDER   where files and peers are kept for the next time (default: ${FOLDER})
  --json FILE       write every run, with machine and versions

Jobs:
`

const JOBS = {
  'ks-memory': {
    what: 'D and p of two samples that are in memory: seconds and CPU of the test itself',
    how: 'ks2samp of two Float64Arrays',
    inside: true,
  },
  'ks-parquet': { of: 'parquet', what: 'D and p of 5 columns of two Parquet files', how: 'drift with ks' },
  'ks-csv': { of: 'csv', what: 'D and p of 5 columns of two CSV files', how: 'drift with ks' },
  'all-parquet': {
    of: 'parquet',
    what: 'a report on 5 columns of two Parquet files, as it comes',
    how: 'drift with its default detectors',
    peers: 'evidently',
  },
}
/** By itself only: peers would need some 10 GB. */
const STREAM = {
  'ks-stream': {
    of: 'stream',
    what: 'D and p of a column of two Parquet files that is not held in memory',
    how: 'drift with ks',
  },
}
const OURS = 'dayshift'

const PEERS = { scipy: '1.17.1', pandas: '3.1.1', pyarrow: '26.0.1' }
/** Evidently works with no later pandas. */
const EVIDENTLY = { evidently: '0.7.21', scipy: '1.17.1', pandas: '2.3.3', pyarrow: '26.0.1' }

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    jobs: { type: 'string', default: Object.keys(JOBS).join(',') },
    runs: { type: 'string', default: '3' },
    folder: { type: 'string', default: FOLDER },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(HELP)
  for (const [job, { what }] of Object.entries({ ...JOBS, ...STREAM })) console.log(`  ${job.padEnd(12)}  ${what}`)
  process.exit()
}

const folder = resolve(flags.folder)
const jobs = flags.jobs.split(',')
const all = { ...JOBS, ...STREAM }
for (const job of jobs) if (!all[job]) stop(`there is no job ${job}; jobs are ${Object.keys(all).join(', ')}`)
const runs = wholeNumber(flags.runs, '--runs')
const rows = wholeNumber(flags.rows, '--rows')
if (!existsSync(new URL('../packages/monitor/dist/index.js', import.meta.url))) stop('first: npm run build')

mkdirSync(folder, { recursive: true })
const machine = tellMachine()
const peers = jobs.some((job) => JOBS[job] && !JOBS[job].peers)
  ? installPeers(folder, PEERS, 'drift_peers.py')
  : undefined
const evidently = jobs.some((job) => all[job].peers) ? installPeers(folder, EVIDENTLY, 'drift_evidently.py') : undefined
const forms = [...new Set(jobs.map((job) => all[job].of ?? 'parquet'))]
const files = Object.fromEntries(forms.map((form) => [form, filesOf(form)]))
await makeSides()
const bytes = Object.fromEntries(
  Object.entries(files).map(([form, sides]) => [form, sides.reduce((sum, file) => sum + statSync(file).size, 0)]),
)
console.log(
  `${thousands(rows)} + ${thousands(rows)} rows of doubles: ` +
    `${Object.entries(bytes)
      .map(([form, size]) => `${form} ${megabytes(size)} MB`)
      .join(', ')}\n` +
    `Cold processes in turn, files in the page cache; median of ${runs}. "× ours" above 1: ${OURS} is faster.`,
)
const done = jobs.map((job) => {
  const { of = 'parquet', what, how, inside, peers: kind } = all[job]
  const others = kind === 'evidently' ? evidently : peers
  const script = kind === 'evidently' ? 'drift_evidently.py' : 'drift_peers.py'
  console.log(`\n${job}: ${what}\n`)
  const list = [[OURS, how], ...Object.entries(others?.table.jobs[job] ?? {})]
  const tools = inTurn(list, runs, (tool) => {
    const words = [tool, job, ...files[of]]
    const cost =
      tool === OURS
        ? costOf(process.execPath, ['drift-ours.mjs', ...words], folder)
        : costOf(others.python, [script, ...words], folder)
    return inside && cost.error === undefined ? { ...cost, wall: cost.seconds } : cost
  })
  const doubts = [...unrest(tools), ...disagreements(tools)]
  for (const doubt of doubts) console.log(`! ${doubt}`)
  return { job, tools, doubts }
})
if (flags.json !== undefined) {
  const told = {
    when: new Date().toISOString(),
    machine,
    rows,
    bytes,
    peers: { ...evidently?.table.versions, ...peers?.table.versions },
    jobs: done,
  }
  writeFileSync(flags.json, `${JSON.stringify(told, undefined, 2)}\n`)
}

function filesOf(form) {
  const [name, suffix] = form === 'stream' ? ['drift-stream', 'parquet'] : ['drift', form]
  return ['reference', 'current'].map((side) => join(folder, `${name}-${rows}-${side}.${suffix}`))
}

/** Five kinds of doubles, the same on every machine: normal, uniform, with heavy tails, few whole numbers, prices. */
async function makeSides() {
  if (Object.values(files).flat().every(existsSync)) return
  console.log(`Making ${thousands(2 * rows)} rows in ${folder} …`)
  const { createDuckdb } = await import(new URL('../packages/core/dist/index.js', import.meta.url).href)
  const engine = await createDuckdb()
  for (const [side, moved] of [0, 0.002].entries()) {
    const u = (salt) => `((hash(i * 16 + ${salt + 8 * side}) >> 11) + 0.5) / 9007199254740992.0`
    const normal = (salt) => `sqrt(-2 * ln(${u(salt)})) * cos(2 * pi() * ${u(salt + 1)})`
    if (files.stream) {
      await engine.query(`COPY (SELECT ${normal(0)} + ${moved} AS normal FROM range(${rows}) AS rows(i))
        TO '${files.stream[side].replaceAll("'", "''")}'`)
    }
    if (forms.every((form) => form === 'stream')) continue
    await engine.query(`CREATE OR REPLACE TABLE side AS SELECT ${normal(0)} + ${moved} AS normal, ${u(2)} AS uniform,
      exp(2 * ${normal(3)}) AS tails, floor(${u(5)} * 1000) AS count, round(${u(6)} * 100, 2) AS price FROM range(${rows}) AS rows(i)`)
    for (const form of forms.filter((one) => one !== 'stream'))
      await engine.query(`COPY side TO '${files[form][side].replaceAll("'", "''")}'`)
  }
  await engine.close()
}

/** Tools that found another D in a column. */
function disagreements(tools) {
  const [ours, ...others] = tools.map(({ tool, runs: [{ d = {} }] }) => ({ tool, d }))
  return others.flatMap(({ tool, d }) =>
    Object.entries(d)
      .filter(([column, value]) => !(Math.abs(value - (ours.d[column] ?? NaN)) <= 1e-12))
      .map(([column, value]) => `${tool} has D = ${value} of ${column}, ${OURS} ${ours.d[column]}`),
  )
}
