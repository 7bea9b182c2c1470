// Contracts checked against large files, beside Pandera, Zod row by row and a plain read: whole cold processes in turn.
// node bench/validate.mjs [--help]
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { costOf, inTurn, memoryCell, printTable, unrest } from './compare.mjs'
import { installPeers, makeFiles, removeFiles, tellMachine } from './prepare.mjs'
import { FOLDER } from './rows.mjs'
import { megabytes, stop, thousands, wholeNumber } from './words.mjs'

const HELP = `node bench/validate.mjs [options]

  --rows N          rows of the files (default: 10000000)
  --jobs a,b        some of the jobs (default: all)
  --tools a,b       some of the tools (default: all)
  --runs N          processes of each, the median counts (default: 3)
  --memory          ours alone, one run each, at several sizes; --rows N,N,N says which (default: 1, 10 and 100 M)
  --folder FOLDER   where files and peers are kept for the next time (default: ${FOLDER})
  --json FILE       write every run, with machine and versions

Jobs:
`

/** Percent of the rows that break the contract, one cell each. */
const BAD = { clean: 0, few: 1, half: 50 }
const STATES = { clean: 'no bad row', few: '1 % bad rows', half: '50 % bad rows' }
const JOBS = Object.fromEntries(
  ['csv', 'parquet'].flatMap((form) =>
    Object.entries(STATES).map(([state, words]) => [
      `${state}-${form}`,
      { form, bad: BAD[state], what: `${form === 'csv' ? 'CSV' : 'Parquet'}, ${words}` },
    ]),
  ),
)

const OURS = 'dayshift'
const LIMIT = 'plain read'
const ROWS = 'zod rows'
/** Rows that Zod is given one by one, at most; its time is scaled to all of them. */
const ZOD_ROWS = 500_000

const PEERS = { 'pandera[pandas,polars]': '0.33.1', pandas: '3.1.1', polars: '2.1.0', pyarrow: '26.0.1' }

const MEMORY_ROWS = '1000000,10000000,100000000'
const MEMORY_JOBS = 'clean-parquet,few-parquet'
const MEMORY_TOOLS = ['dayshift no key', OURS, 'dayshift 1 GB']
/** Files of more rows than this are removed at the end. */
const KEPT_ROWS = 10_000_000

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    jobs: { type: 'string' },
    tools: { type: 'string' },
    runs: { type: 'string', default: '3' },
    memory: { type: 'boolean', default: false },
    folder: { type: 'string', default: FOLDER },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (flags.help) {
  process.stdout.write(HELP)
  for (const [job, { what }] of Object.entries(JOBS)) console.log(`  ${job.padEnd(14)}  ${what}`)
  process.exit()
}

const folder = resolve(flags.folder)
const jobs = (flags.jobs ?? (flags.memory ? MEMORY_JOBS : Object.keys(JOBS).join(','))).split(',')
for (const job of jobs) if (!JOBS[job]) stop(`there is no job ${job}; jobs are ${Object.keys(JOBS).join(', ')}`)
const wanted = flags.tools?.split(',')
const runs = wholeNumber(flags.runs, '--runs')
const sizes = (flags.rows ?? (flags.memory ? MEMORY_ROWS : '10000000')).split(',').map((n) => wholeNumber(n, '--rows'))
if (sizes.length > 1 && !flags.memory) stop('--rows takes several numbers only with --memory')
if (!existsSync(new URL('../packages/validate/dist/index.js', import.meta.url))) stop('first: npm run build')

mkdirSync(folder, { recursive: true })
const machine = tellMachine()
const results = flags.memory ? memory() : besidePeers(sizes[0])
if (flags.json !== undefined) {
  const when = new Date().toISOString()
  writeFileSync(flags.json, `${JSON.stringify({ when, machine, ...results }, undefined, 2)}\n`)
}

function besidePeers(rows) {
  const peers = installPeers(folder, PEERS, 'validate_peers.py')
  console.log(
    `${thousands(rows)} rows × 8 columns; whole cold processes in turn, files in the page cache; median of ${runs}. ` +
      `"× ours" above 1: ${OURS} is faster.`,
  )
  const done = jobs.map((job) => {
    const { form, bad, what } = JOBS[job]
    const { [form]: file, bytes } = makeFiles(rows, { folder, bad })
    const { [form]: part } = makeFiles(Math.min(rows, ZOD_ROWS), { folder, bad })
    console.log(`\n${job}: ${what}, ${megabytes(bytes[form])} MB\n`)
    // Into the page cache, whatever was there before.
    run(LIMIT, job, file)
    const list = [...ourTools(bad), ...Object.entries(peers?.table.jobs[job] ?? {}), ...limits(form, rows)]
    const tools = inTurn(
      list.filter(([tool]) => wanted === undefined || wanted.includes(tool)),
      runs,
      (tool) => (tool === ROWS ? scaled(run(tool, job, part), rows / ZOD_ROWS) : run(tool, job, file, peers?.python)),
    )
    // What Zod was given, by us.
    const same = tools.some(({ tool }) => tool === ROWS) ? { tool: OURS, runs: [run(OURS, job, part)] } : undefined
    const doubts = [...unrest(tools), ...doubtsAbout(tools, same)]
    for (const doubt of doubts) console.log(`! ${doubt}`)
    return { job, bytes: bytes[form], tools, doubts }
  })
  console.log(`\nFiles and peers stay for the next time: ${folder}`)
  return { rows, peers: peers?.table.versions, python: peers?.table.python, jobs: done }
}

function ourTools(bad) {
  return [
    [OURS, 'open, validate: counts, and 20 examples a check'],
    ['dayshift no key', 'the same without unique'],
    ...(bad > 0 ? [['dayshift failures', 'the same as dayshift, with every failure written to a file']] : []),
    ['dayshift command', 'the command with a contract file'],
  ]
}

function limits(form, rows) {
  const reader = form === 'csv' ? 'csv-parse' : "DuckDB's row objects"
  const part = rows > ZOD_ROWS ? `; measured on ${thousands(ZOD_ROWS)} rows and SCALED to all` : ''
  return [
    [ROWS, `safeParse of each row from ${reader}, no check of unique${part}`],
    [LIMIT, 'every byte of the file into Node, nothing done with them: the physical limit'],
  ]
}

function memory() {
  console.log(`Ours alone, one cold process each: peak memory in MB, and seconds\n`)
  const done = jobs.flatMap((job) => MEMORY_TOOLS.map((tool) => ({ job, tool, sizes: {} })))
  for (const rows of sizes) {
    for (const job of jobs) {
      const options = { folder, bad: JOBS[job].bad }
      try {
        const file = makeFiles(rows, options)[JOBS[job].form]
        for (const one of done) if (one.job === job) one.sizes[rows] = run(one.tool, job, file)
      } finally {
        if (rows > KEPT_ROWS) removeFiles(rows, options)
      }
    }
  }
  printTable([
    ['', ...sizes.map((rows) => `${thousands(rows)} rows`)],
    ...done.map(({ job, tool, sizes: bySize }) => [
      `${job}: ${tool}`,
      ...sizes.map((rows) => memoryCell(bySize[rows])),
    ]),
  ])
  for (const { job, tool, sizes: bySize } of done) {
    for (const [rows, { error }] of Object.entries(bySize)) {
      if (error) console.log(`! ${job}, ${tool}, ${rows} rows: ${error}`)
    }
  }
  return { memory: done }
}

/** Runs a tool's job in a process of its own. */
function run(tool, job, file, python) {
  const out = join(folder, 'out.jsonl')
  const ours = tool.startsWith('dayshift') || tool === ROWS || tool === LIMIT
  try {
    const cost = ours
      ? costOf(process.execPath, ['validate-ours.mjs', tool, job, file, out], folder)
      : costOf(python, ['validate_peers.py', tool, job, file, out], folder)
    return existsSync(out) ? { ...cost, written: statSync(out).size } : cost
  } finally {
    for (const left of ['', '.json', '.contract.mjs']) rmSync(`${out}${left}`, { force: true })
  }
}

/** What so many times the rows would have taken: all but the start. */
function scaled(cost, times) {
  if (cost.error !== undefined || times <= 1) return cost
  const { wall, cpu, rows, spent } = cost
  return {
    ...cost,
    wall: wall + spent.seconds * (times - 1),
    cpu: cpu + spent.cpu * (times - 1),
    rows: rows * times,
    measured: { wall, cpu, rows },
  }
}

/** Where two tools did not find the same. */
function doubtsAbout(tools, same) {
  const done = tools.filter(({ tool, error }) => tool !== LIMIT && error === undefined)
  const [first] = done
  if (!first) return []
  return done.flatMap((other) => {
    const mine = (other.tool === ROWS ? same : first)?.runs[0].facts
    const theirs = other.runs[0].facts
    if (!mine || !theirs) return []
    const keyed = !other.tool.endsWith('no key') && other.tool !== ROWS
    const names = new Set([...Object.keys(mine), ...Object.keys(theirs)])
    return [...names].flatMap((name) =>
      mine[name] === theirs[name] || (name === 'id again' && !keyed)
        ? []
        : [`${name}: ${first.tool} found ${mine[name] ?? 0} failures, ${other.tool} ${theirs[name] ?? 0}`],
    )
  })
}
