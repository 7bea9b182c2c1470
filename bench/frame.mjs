// Sampling, profiling and an ETL, beside pandas and polars and a plain read of the bytes: whole cold processes in turn.
// node bench/frame.mjs [--help]
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { costOf, inTurn, memoryCell, printTable, unrest } from './compare.mjs'
import { installPeers, makeFiles, removeFiles, tellMachine } from './prepare.mjs'
import { FOLDER } from './rows.mjs'
import { megabytes, stop, thousands, wholeNumber } from './words.mjs'

const HELP = `node bench/frame.mjs [options]

  --rows N          rows of the files (default: 10000000)
  --jobs a,b        some of the jobs (default: all)
  --runs N          processes of each, the median counts (default: 3)
  --quoted          1 % of the notes have quotes, with commas, quotes or newlines within
  --memory          our jobs alone, one run each, at several sizes; --rows N,N,N says which (default: 1, 10 and 50 M)
  --folder FOLDER   where files and peers are kept for the next time (default: ${FOLDER})
  --json FILE       write every run, with machine and versions

Jobs:
`

/** What is asked of every tool. Those with `writes` leave a CSV file behind, whose rows are counted;
 * `lean` ones give more than the peers are asked for, and are measured without that too. */
const JOBS = {
  'sample-csv': {
    of: 'csv',
    writes: true,
    what: '1 % of the rows of a CSV file, written as CSV',
    how: 'open, sample, write: exactly 1 %',
  },
  'count-csv': {
    of: 'csv',
    what: '1 % of the rows of a CSV file, only counted',
    how: 'open, sample, count: exactly 1 %',
  },
  'sample-parquet': {
    of: 'parquet',
    writes: true,
    what: '1 % of the rows of a Parquet file, written as CSV',
    how: 'open, sample, write: exactly 1 %',
  },
  'profile-csv': {
    of: 'csv',
    what: 'nulls, distinct, min, max of 8 columns, mean, sd, quartiles of 3, exact, from CSV',
    how: 'open, profile: also the most frequent values, histograms, percentiles, lengths of texts',
    lean: true,
  },
  'profile-parquet': {
    of: 'parquet',
    what: 'the same from Parquet',
    how: 'open, profile: also the most frequent values, histograms, percentiles, lengths of texts',
    lean: true,
  },
  'etl-csv': {
    of: 'csv',
    writes: true,
    what: '1 % of a CSV file, drop nulls, derive, filter, group, written as CSV',
    how: 'open, sample, bench/etl.mjs, write',
  },
}
const OURS = 'dayshift'
const LIMIT = 'plain read'
const LEAN = 'dayshift lean'
const COMMAND = 'dayshift prototype'

const PEERS = { pandas: '3.1.1', polars: '2.1.0', pyarrow: '26.0.1' }

const MEMORY_ROWS = '1000000,10000000,50000000'
/** Files of more rows than this are removed at the end. */
const KEPT_ROWS = 10_000_000

/** How far results may lie apart that should be equal: sums are added up in another order. */
const TOLERANCE = 1e-9
/** How far a sample's share may lie from 1 %: five standard deviations of a drawing by chance. */
const DEVIATIONS = 5

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    jobs: { type: 'string', default: Object.keys(JOBS).join(',') },
    runs: { type: 'string', default: '3' },
    quoted: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    folder: { type: 'string', default: FOLDER },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(HELP)
  for (const [job, { what }] of Object.entries(JOBS)) console.log(`  ${job.padEnd(16)}  ${what}`)
  process.exit()
}

const folder = resolve(flags.folder)
const jobs = flags.jobs.split(',')
for (const job of jobs) if (!JOBS[job]) stop(`there is no job ${job}; jobs are ${Object.keys(JOBS).join(', ')}`)
const runs = wholeNumber(flags.runs, '--runs')
const sizes = (flags.rows ?? (flags.memory ? MEMORY_ROWS : '10000000')).split(',').map((n) => wholeNumber(n, '--rows'))
if (sizes.length > 1 && !flags.memory) stop('--rows takes several numbers only with --memory')
if (!existsSync(new URL('../packages/core/dist/index.js', import.meta.url))) stop('first: npm run build')

mkdirSync(folder, { recursive: true })
const machine = tellMachine()
const rowOptions = { folder, quoted: flags.quoted }
const results = flags.memory ? memory() : besidePeers(sizes[0])
if (flags.json !== undefined) {
  const when = new Date().toISOString()
  writeFileSync(flags.json, `${JSON.stringify({ when, machine, ...results }, undefined, 2)}\n`)
}

function besidePeers(rows) {
  const peers = installPeers(folder, PEERS, 'peers.py')
  const files = makeFiles(rows, rowOptions)
  const { bytes } = files
  console.log(
    `${thousands(rows)} rows × 8 columns${flags.quoted ? ', some with quotes' : ''}: CSV ${megabytes(bytes.csv)} MB, ` +
      `Parquet ${megabytes(bytes.parquet)} MB\n` +
      `Whole cold processes in turn, files in the page cache; median of ${runs}. "× ours" above 1: ${OURS} is faster.`,
  )
  const done = jobs.map((job) => {
    const file = files[JOBS[job].of]
    const list = [
      [OURS, JOBS[job].how],
      ...(JOBS[job].lean
        ? [[LEAN, 'open, profile({ top: 0, bins: 1, quantiles: [] }): the least that can be asked']]
        : []),
      ...(job === 'etl-csv'
        ? [[COMMAND, 'the command with --etl and --out: also counts the source, profiles and shows the output']]
        : []),
      ...Object.entries(peers?.table.jobs[job] ?? {}),
      [LIMIT, 'every byte of the file into Node, nothing done with them: the physical limit'],
    ]
    console.log(`\n${job}: ${JOBS[job].what}\n`)
    // Into the page cache, whatever was there before.
    run(LIMIT, job, file)
    const tools = inTurn(list, runs, (tool) => run(tool, job, file, peers?.python))
    const doubts = [...unrest(tools), ...doubtsAbout(tools, job, rows)]
    for (const doubt of doubts) console.log(`! ${doubt}`)
    return { job, tools, doubts }
  })
  console.log(`\nFiles and peers stay for the next time: ${folder}`)
  return { rows, quoted: flags.quoted, bytes, peers: peers?.table.versions, python: peers?.table.python, jobs: done }
}

function memory() {
  console.log(`${OURS} alone, one cold process each: peak memory in MB, and seconds\n`)
  const done = jobs.map((job) => ({ job, sizes: {} }))
  const bytes = {}
  for (const rows of sizes) {
    try {
      const files = makeFiles(rows, rowOptions)
      bytes[rows] = files.bytes
      for (const { job, sizes: bySize } of done) bySize[rows] = run(OURS, job, files[JOBS[job].of])
    } finally {
      if (rows > KEPT_ROWS) removeFiles(rows, rowOptions)
    }
  }
  printTable([
    ['', ...sizes.map((rows) => `${thousands(rows)} rows`)],
    ...['csv', 'parquet'].map((form) => [`${form}, MB`, ...sizes.map((rows) => megabytes(bytes[rows][form]))]),
    ...done.map(({ job, sizes: bySize }) => [job, ...sizes.map((rows) => memoryCell(bySize[rows]))]),
  ])
  for (const { job, sizes: bySize } of done) {
    for (const [rows, { error }] of Object.entries(bySize)) if (error) console.log(`! ${job}, ${rows} rows: ${error}`)
  }
  return { quoted: flags.quoted, bytes, memory: done }
}

/** Runs a tool's job in a process of its own. */
function run(tool, job, file, python) {
  const out = join(folder, 'out.csv')
  rmSync(out, { force: true })
  const ours = tool.startsWith('dayshift') || tool === LIMIT
  const cost = ours
    ? costOf(process.execPath, ['ours.mjs', tool, job, file, out], folder)
    : costOf(python, ['peers.py', tool, job, file, out], folder)
  if (cost.error !== undefined || tool === LIMIT || !JOBS[job].writes) return cost
  const written = { ...cost, rows: recordsOf(readFileSync(out)) - 1 }
  rmSync(out)
  return written
}

/** Records of a CSV file: newlines outside quotes. */
function recordsOf(bytes) {
  let records = 0
  let within = false
  for (const byte of bytes) {
    if (byte === 34) within = !within
    else if (byte === 10 && !within) records++
  }
  return records
}

/** What shows that two tools did not do the same work. */
function doubtsAbout(tools, job, rows) {
  const done = tools.filter(({ tool, error }) => tool !== LIMIT && error === undefined)
  const drawn = rows / 100
  const slack = DEVIATIONS * Math.sqrt(drawn)
  if (job.startsWith('sample-') || job.startsWith('count-')) {
    return done
      .filter((one) => Math.abs(one.rows - drawn) > slack)
      .map((one) => `${one.tool} gave ${thousands(one.rows)} rows, not 1 %`)
  }
  if (job.startsWith('etl-')) {
    return done
      .filter((one) => one.rows !== done[0].rows)
      .map((one) => `${one.tool} gave ${one.rows} groups, ${done[0].tool} ${done[0].rows}`)
  }
  const [first, ...others] = done.filter((one) => one.runs[0].facts)
  return others.flatMap((other) =>
    Object.entries(first.runs[0].facts).flatMap(([column, facts]) => {
      const theirs = other.runs[0].facts[column]
      const same = facts.length === theirs?.length && facts.every((fact, at) => alike(fact, theirs[at]))
      return same ? [] : [`${column}: ${first.tool} found ${facts.join(' ')}, ${other.tool} ${theirs?.join(' ')}`]
    }),
  )
}

function alike(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a))
  return instant(a) === instant(b)
}

/** Dates and times in one form; pandas knows no dates. */
function instant(value) {
  const [, date, time = 'T00:00:00'] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d)?/.exec(value) ?? []
  return date === undefined ? value : date + time
}
