// The catalog and the journal beneath it: opening, searching and registering among many entries, and reading a large log.
//
//   node bench/catalog.mjs [--entries 10000,100000] [--journal-mb 600] [--runs 3] [--json FILE]
//
// Each figure is of a process of its own, from its start to its end. The limits beside it are those of the machine: a Node
// process that does nothing, one that reads the same bytes, and one that parses the same lines with JSON.parse.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync, closeSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { tellMachine } from './prepare.mjs'

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '10000,100000' },
    'journal-mb': { type: 'string', default: '600' },
    runs: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
})
const runs = Number(values.runs)
const machine = tellMachine()
const measured = []
const folder = mkdtempSync(join(tmpdir(), 'dayshift-bench-catalog-'))
const at = (path) => JSON.stringify(fileURLToPath(new URL(`../${path}`, import.meta.url)))
const catalog = at('packages/catalog/dist/index.js')
const core = at('packages/core/dist/ground.js')

/** Words as names are made of, the same each time. */
const WORDS =
  'orders items customers weather flights sales daily hourly revenue prices stock users sessions events clicks payments invoices ledger refunds shipments returns suppliers products reviews ratings sensors readings stations airports routes'.split(
    ' ',
  )
let seed = 42
const random = (below) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed % below
}
const word = () => WORDS[random(WORDS.length)]
const hex = (length) => Array.from({ length }, () => random(16).toString(16)).join('')

function line(index) {
  const name = `${word()}_${word()}_${index}`
  const columns = Array.from({ length: 8 }, (_, column) => ({
    name: `${word()}_${column}`,
    type: column % 2 ? 'string' : 'integer',
    nativeType: column % 2 ? 'VARCHAR' : 'BIGINT',
  }))
  return JSON.stringify({
    unique_id: `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    dataset_name: name,
    description: Array.from({ length: 8 }, word).join(' '),
    storage_path: `data/${name}.parquet`,
    namespace: 'file',
    name: `data/${name}.parquet`,
    format: 'parquet',
    schema: columns,
    rows: random(1_000_000),
    bytes: random(1_000_000_000),
    version: `md5:${hex(32)}`,
    profile: columns.map((column) => ({
      name: column.name,
      nulls: random(100),
      distinct: random(1000),
      min: random(10),
      max: random(100000),
    })),
    owners: [`${word()}@example.org`],
    tags: { tier: ['gold', 'silver', 'bronze'][random(3)] },
    created_at: '2026-11-23T08:00:00.000Z',
    updated_at: '2026-11-23T08:00:00.000Z',
    revision: 1,
  })
}

function write(path, lines, make) {
  const file = openSync(path, 'w')
  for (let from = 0; from < lines; from += 1000)
    writeSync(
      file,
      Array.from({ length: Math.min(1000, lines - from) }, (_, index) => make(from + index) + '\n').join(''),
    )
  closeSync(file)
}

/** Runs a script as a process; gives the least wall seconds of the runs, its CPU seconds and peak memory. */
function timed(script, before = () => {}) {
  const path = join(folder, 'job.mjs')
  writeFileSync(path, script)
  let best
  for (let run = 0; run < runs; run++) {
    before()
    const began = process.hrtime.bigint()
    const { status, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
    const wall = Number((process.hrtime.bigint() - began) / 1000n) / 1e6
    if (status !== 0) throw new Error(stderr)
    const told = JSON.parse(stdout.trim().split('\n').at(-1))
    if (!best || wall < best.wall) best = { wall, ...told }
  }
  return best
}

const told = (rest = '{}') =>
  `const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
   console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, mb: maxRSS / 1024, ...${rest} }))`

const rows = []
function row(name, { wall, cpu, mb, said = '' }) {
  measured.push({ name, wall, cpu, peak: mb * 2 ** 20 })
  rows.push([name, `${wall.toFixed(2)} s`, `${cpu.toFixed(2)} s`, `${Math.round(mb)} MB`, said])
  console.log(rows.at(-1).join(' | '))
}

console.log('what | wall | CPU | peak memory | ')
row('a Node process that does nothing', timed(told()))
for (const entries of values.entries.split(',').map(Number)) {
  const home = join(folder, String(entries))
  mkdirSync(home)
  const path = join(home, 'data_catalog.jsonl')
  write(path, entries, line)
  const label = `${entries.toLocaleString('en-US')} entries, ${Math.round(statSync(path).size / 1e6)} MB`
  const p = JSON.stringify(path)
  const store = `import { jsonlStore, register } from ${catalog}\nconst store = jsonlStore(${p})\n`
  const forget = () => rmSync(join(home, '.dayshift'), { recursive: true, force: true })
  row(`${label}: plain read`, timed(`import { readFileSync } from 'node:fs'\nreadFileSync(${p})\n${told()}`))
  row(
    `${label}: JSON.parse of each line`,
    timed(
      `import { readFileSync } from 'node:fs'\nfor (const line of readFileSync(${p}, 'utf8').split('\\n')) if (line) JSON.parse(line)\n${told()}`,
    ),
  )
  row(
    `${label}: open and search, first time`,
    timed(
      `${store}const { total } = await store.search('weather revenue tag:gold')\n${told('{ said: total + " found" }')}`,
      forget,
    ),
  )
  row(
    `${label}: open and search`,
    timed(
      `${store}const { total } = await store.search('weather revenue tag:gold')\n${told('{ said: total + " found" }')}`,
    ),
  )
  row(
    `${label}: open and search, with a typing error`,
    timed(
      `${store}const { total } = await store.search('wether revenue tag:gold')\n${told('{ said: total + " found" }')}`,
    ),
  )
  row(
    `${label}: search alone`,
    timed(
      `${store}await store.search('a')\nconst [began, from] = [performance.now(), process.cpuUsage()]\nfor (let at = 0; at < 10; at++) await store.search('weather revenue tag:gold')\nconst wall = (performance.now() - began) / 1e4\nconst { user, system } = process.cpuUsage(from)\n${told('{ wall, cpu: (user + system) / 1e7, said: (wall * 1e3).toFixed(1) + " ms each" }')}`,
    ),
  )
  row(
    `${label}: register one`,
    timed(
      `${store}await register({ dataset: { namespace: 's3://lake', name: String(Math.random()), uri: 's3://lake/x' }, name: 'n' + Math.random(), description: '', schema: { columns: [] } }, { store })\n${told()}`,
    ),
  )
  row(
    `${label}: history of one`,
    timed(
      `${store}const [first] = await store.list()\nconst { length } = await store.history(first)\n${told('{ said: length + " revisions" }')}`,
    ),
  )
}

const log = join(folder, 'log.jsonl')
const record = (index) =>
  JSON.stringify({
    origin: 's3://lake/a.csv',
    timestamp: '2026-11-23T08:00:00.000Z',
    num_rows: index,
    column_names: WORDS,
    text: 'x'.repeat(700),
  })
write(log, Math.round((Number(values['journal-mb']) * 1e6) / (record(0).length + 1)), record)
const l = JSON.stringify(log)
const size = `log of ${Math.round(statSync(log).size / 1e6)} MB`
row(
  `${size}: plain read`,
  timed(
    `import { createReadStream } from 'node:fs'\nfor await (const _ of createReadStream(${l}, { highWaterMark: 1 << 20 }));\n${told()}`,
  ),
)
row(
  `${size}: read line by line`,
  timed(
    `import { readJournalLines } from ${core}\nlet lines = 0\nawait readJournalLines(${l}, () => lines++)\n${told('{ said: lines + " lines" }')}`,
  ),
)
row(
  `${size}: checked`,
  timed(
    `import { checkJournal } from ${core}\nconst { files } = await checkJournal(${l})\n${told('{ said: files[0].lines + " lines" }')}`,
  ),
)
rmSync(folder, { recursive: true, force: true })
if (values.json !== undefined) {
  const [nothing, ...named] = measured
  const parts = named.map(({ name, ...cost }) => ({ of: name.split(': ')[0], step: name.split(': ')[1], ...cost }))
  // A search in a process that has read the catalog reads nothing.
  const limitsOf = (of) => [
    ...parts.filter((part) => isLimit(part) && part.of === of).map((part) => ({ ...part, tool: part.step })),
    { ...nothing, tool: nothing.name },
  ]
  const jobs = parts
    .filter((part) => !isLimit(part))
    .map(({ of, step, ...cost }) => ({
      job: `${of}: ${step}`,
      tools: [{ tool: 'dayshift', ...cost }, ...(step === 'search alone' ? [] : limitsOf(of))],
    }))
  const found = { when: new Date().toISOString(), machine, jobs }
  writeFileSync(values.json, `${JSON.stringify(found)}\n`)
}

function isLimit({ step }) {
  return /^plain read|^JSON.parse/.test(step)
}
