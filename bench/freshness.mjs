// How long it takes to tell the age of much data: whole processes, in turn, the best and the median. The limit is find, which looks at each
// file too; for a column, the same question to files that have footers and to one that has to be read.
// node bench/freshness.mjs [--files 10000] [--rows 1000000] [--json FILE]
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tellMachine } from './prepare.mjs'
import { createDuckdb, open } from '../packages/core/dist/index.js'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    rows: { type: 'string', default: '1000000' },
    json: { type: 'string' },
  },
})
const FILES = Number(values.files)
const ROWS = Number(values.rows)
const RUNS = 9
const machine = tellMachine()

const program = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-bench-'))
const rows = 'id,at\n1,2026-11-23T06:00:00Z\n2,2026-11-23T06:00:00Z\n3,2026-11-23T06:00:00Z\n4,2026-11-23T07:00:00Z\n'
for (let at = 0; at < FILES; at++) {
  const day = new Date(Date.UTC(2020, 0, 1 + (at % 100))).toISOString().slice(0, 10)
  const partition = join(folder, 'many', `dt=${day}`)
  if (at < 100) mkdirSync(partition, { recursive: true })
  writeFileSync(join(partition, `part-${at}.csv`), rows)
}

const engine = await createDuckdb()
writeFileSync(join(folder, 'one.csv'), 'id\n1\n')
const one = await open(join(folder, 'one.csv'), { engine })
const large = one.derive({ n: `unnest(range(${ROWS}))` }).derive({
  at: `TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL (n) SECOND`,
})
await large.write(join(folder, 'rows.parquet'))
await large.write(join(folder, 'rows.csv'))
await engine.close()

const now = ['--now', '2027-11-23T08:00:00Z', '--max-age', '5000d']
const dayshift = (...words) => [process.execPath, [program, 'freshness', ...words]]
const JOBS = [
  ['find -printf %T@ | sort -n | tail -1', ['sh', ['-c', "find many -type f -printf '%T@\\n' | sort -n | tail -1"]]],
  ['node -e 0', [process.execPath, ['-e', '0']]],
  [`freshness, folder of ${FILES} files`, dayshift('many')],
  [`freshness, glob of ${FILES} files`, dayshift('many/**/*.csv')],
  ['… every file must be fresh', dayshift('many', '--files', 'all')],
  ['… by partition', dayshift('many', '--partition', 'dt', '--timezone', 'UTC', ...now)],
  [`freshness, column of ${ROWS} rows, Parquet`, dayshift('rows.parquet', '--column', 'at', ...now)],
  [`freshness, column of ${ROWS} rows, CSV`, dayshift('rows.csv', '--column', 'at', ...now)],
]

const times = JOBS.map(() => [])
for (let run = -1; run < RUNS; run++) {
  JOBS.forEach(([name, [command, words]], at) => {
    const began = performance.now()
    const { status, stderr } = spawnSync(command, words, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${String(name)} exited with ${status}: ${stderr}`)
    if (run >= 0) times[at].push(performance.now() - began)
  })
}
const sizes = ['rows.parquet', 'rows.csv'].map(
  (name) => `${name} ${Math.round(statSync(join(folder, name)).size / 1e6)} MB`,
)
rmSync(folder, { recursive: true, force: true })

console.log(sizes.join(', '))
console.log(`${' '.repeat(48)} best of ${RUNS}, ms  median, ms`)
JOBS.forEach(([name], at) => {
  const sorted = times[at].sort((a, b) => a - b)
  const [best, median] = [sorted[0], sorted[RUNS >> 1]].map((ms) => ms.toFixed(0))
  console.log(`${String(name).padEnd(48)} ${best.padStart(13)}  ${median.padStart(10)}`)
})
if (values.json !== undefined) {
  // The best: what else ran on the machine is in the others.
  const best = JOBS.map((_, at) => times[at].toSorted((a, b) => a - b)[0] / 1000)
  const limits = JOBS.slice(0, 2).map(([tool], at) => ({ tool, wall: best[at] }))
  const jobs = JOBS.slice(2).map(([job], at) => ({
    job: job.replace('freshness, ', '').replace('… ', ''),
    // A column is not asked of `find`.
    tools: [{ tool: 'dayshift', wall: best[at + 2] }, ...(job.includes('column') ? limits.slice(1) : limits)],
  }))
  const told = { when: new Date().toISOString(), machine, jobs }
  writeFileSync(values.json, `${JSON.stringify(told)}\n`)
}
