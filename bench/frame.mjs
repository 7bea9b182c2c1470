// Sampling, profiling and an ETL, beside pandas and polars and a plain read of the bytes: whole cold processes in turn.
// node bench/frame.mjs [--help]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FOLDER, rowFiles } from './rows.mjs'

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
/** Bytes on disk for a row: 81 as CSV, 21 as Parquet, and room for what is written. */
const ROW_BYTES = 130

/** The slowest run over the fastest of a tool, above which a machine was too busy for its medians. */
const SPREAD = 1.5

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
const load = loadavg()[0]
const machine = {
  node: process.version,
  cpu: cpus()[0]?.model.trim(),
  cores: availableParallelism(),
  memory: totalmem(),
  load: Number(load.toFixed(2)),
}
console.log(
  `node ${machine.node}, ${machine.cores} cores (${machine.cpu}), ${Math.round(machine.memory / 2 ** 30)} GiB, ` +
    `load ${machine.load} before`,
)
const results = flags.memory ? memory() : besidePeers(sizes[0])
if (flags.json !== undefined) {
  const when = new Date().toISOString()
  writeFileSync(flags.json, `${JSON.stringify({ when, machine, ...results }, undefined, 2)}\n`)
}

function besidePeers(rows) {
  const peers = installPeers()
  const files = makeFiles(rows)
  const { bytes } = files
  if (peers) {
    const { python, versions } = peers.table
    const list = Object.entries(versions).map((pair) => pair.join(' '))
    console.log(`${list.join(', ')}, Python ${python}`)
  }
  console.log(
    `${thousands(rows)} rows × 8 columns${flags.quoted ? ', some with quotes' : ''}: CSV ${megabytes(bytes.csv)} MB, ` +
      `Parquet ${megabytes(bytes.parquet)} MB\n` +
      `Whole cold processes in turn, files in the page cache; median of ${runs}. "× ours" above 1: ${OURS} is faster.`,
  )
  const done = jobs.map((job) => {
    const file = files[JOBS[job].of]
    const tools = [
      [OURS, JOBS[job].how],
      ...(JOBS[job].lean
        ? [[LEAN, 'open, profile({ top: 0, bins: 1, quantiles: [] }): the least that can be asked']]
        : []),
      ...(job === 'etl-csv'
        ? [[COMMAND, 'the command with --etl and --out: also counts the source, profiles and shows the output']]
        : []),
      ...Object.entries(peers?.table.jobs[job] ?? {}),
      [LIMIT, 'every byte of the file into Node, nothing done with them: the physical limit'],
    ].map(([tool, how]) => ({ tool, how, runs: [] }))
    console.log(`\n${job}: ${JOBS[job].what}\n`)
    for (const { tool, how } of tools) console.log(`  ${tool}: ${how}`)
    console.log()
    // Into the page cache, whatever was there before.
    run(LIMIT, job, file)
    for (let turn = 0; turn < runs; turn++) {
      for (const one of tools) one.runs.push(run(one.tool, job, file, peers?.python))
    }
    for (const one of tools) Object.assign(one, summaryOf(one.runs))
    printTools(tools)
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
      const files = makeFiles(rows)
      bytes[rows] = files.bytes
      for (const { job, sizes: bySize } of done) bySize[rows] = run(OURS, job, files[JOBS[job].of])
    } finally {
      if (rows > KEPT_ROWS) for (const file of Object.values(namesOf(rows))) rmSync(file, { force: true })
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

function memoryCell({ error, peak, wall }) {
  return error === undefined ? `${megabytes(peak)} (${wall.toFixed(1)} s)` : 'failed'
}

/** Runs a tool's job in a process of its own: wall time from outside, the rest as the process tells it. */
function run(tool, job, file, python) {
  const out = join(folder, 'out.csv')
  rmSync(out, { force: true })
  const [program, script] =
    tool.startsWith('dayshift') || tool === LIMIT ? [process.execPath, 'ours.mjs'] : [python, 'peers.py']
  const words = [join(import.meta.dirname, script), tool, job, file, out]
  const began = performance.now()
  const { status, signal, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', cwd: folder })
  const wall = (performance.now() - began) / 1000
  if (status !== 0) return { wall, error: lastLine(stderr) || `ended by ${signal ?? `exit code ${status}`}` }
  const cost = { wall, ...JSON.parse(lastLine(stdout)) }
  if (tool === LIMIT || !JOBS[job].writes) return cost
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

function summaryOf(costs) {
  const good = costs.filter(({ error }) => error === undefined)
  if (good.length < costs.length) return { error: costs.find(({ error }) => error !== undefined).error }
  const walls = good.map(({ wall }) => wall)
  return {
    wall: median(walls),
    range: [Math.min(...walls), Math.max(...walls)],
    inside: median(good.map(({ seconds }) => seconds)),
    cpu: median(good.map(({ cpu }) => cpu)),
    peak: median(good.map(({ peak }) => peak)),
    rows: good[0].rows,
  }
}

function printTools(tools) {
  const ours = tools[0].wall
  printTable([
    ['', 'median s', 'range', '× ours', 'CPU s', 'peak MB', 'rows'],
    ...tools.map(({ tool, error, wall, range, cpu, peak, rows }) =>
      error === undefined
        ? [
            tool,
            wall.toFixed(2),
            range.map((second) => second.toFixed(2)).join('–'),
            ours === undefined ? '' : (wall / ours).toFixed(2),
            cpu.toFixed(2),
            megabytes(peak),
            rows === undefined ? '' : thousands(rows),
          ]
        : [tool, 'failed', '', '', '', '', ''],
    ),
  ])
  for (const { tool, error } of tools) if (error !== undefined) console.log(`! ${tool}: ${error}`)
}

/** The first column is flush left, the others are flush right. */
function printTable(lines) {
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  for (const line of lines) {
    const cells = line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
    console.log(cells.join('  ').trimEnd())
  }
}

/** What shows that something else ran at the same time. */
function unrest(tools) {
  const apart = tools.filter(({ range }) => range && range[1] > range[0] * SPREAD && range[1] - range[0] > 0.5)
  if (apart.length === 0) return []
  const names = apart.map(({ tool }) => tool).join(', ')
  return [`the machine was busy with something else: runs lie far apart (${names}). Hold to CPU s and the lowest times`]
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

function namesOf(rows) {
  const { csv, parquet, made } = rowFiles(rows, { folder, quoted: flags.quoted })
  return { csv, parquet, made }
}

/** The files of so many rows, made where they are not there. */
function makeFiles(rows) {
  const options = { folder, quoted: flags.quoted }
  const there = rowFiles(rows, options)
  if (there.bytes) return there
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < rows * ROW_BYTES) {
    stop(
      `${thousands(rows)} rows need ${megabytes(rows * ROW_BYTES)} MB in ${folder}, ` +
        `which has ${megabytes(bavail * bsize)}; give another --folder`,
    )
  }
  console.log(`Making ${thousands(rows)} rows in ${folder} …`)
  const words = [join(import.meta.dirname, 'rows.mjs'), String(rows), '--folder', folder]
  const { status, stderr } = spawnSync(process.execPath, flags.quoted ? [...words, '--quoted'] : words, {
    encoding: 'utf8',
  })
  if (status !== 0) stop(`the rows could not be made: ${lastLine(stderr)}`)
  return rowFiles(rows, options)
}

/** Installs the peers into a virtual environment of their own, once a machine; undefined where that is not possible. */
function installPeers() {
  const wanted = Object.entries(PEERS).map((pair) => pair.join('=='))
  const home = join(folder, `peers-${Object.values(PEERS).join('-')}`)
  const python = join(home, 'bin', 'python')
  const marker = join(home, 'installed')
  if (!existsSync(marker)) {
    console.log(`Installing ${wanted.join(', ')} in ${home} …`)
    rmSync(home, { recursive: true, force: true })
    for (const [program, words] of [
      ['python3', ['-m', 'venv', home]],
      [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted]],
    ]) {
      const { status, error, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' })
      if (status !== 0) return alone(error ? `${program} is not here` : lastLine(stderr) || lastLine(stdout))
    }
    writeFileSync(marker, '')
  }
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'peers.py')], { encoding: 'utf8' })
  return status === 0 ? { python, table: JSON.parse(stdout) } : alone(lastLine(stderr))
}

function alone(why) {
  console.log(`No peers, so ${OURS} runs alone: ${why}`)
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1]
}

function lastLine(text) {
  return (text ?? '').trimEnd().split('\n').at(-1)
}

function megabytes(bytes) {
  return thousands(Math.round(bytes / 1e6))
}

function thousands(number) {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}

function wholeNumber(text, flag) {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : stop(`${flag} takes a whole number, not ${text}`)
}

/** @returns {never} */
function stop(message) {
  console.error(message)
  process.exit(1)
}
