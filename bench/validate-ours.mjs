// Our side of bench/validate.mjs, and Zod's: one job in one process, whose last line is what it cost.
// node bench/validate-ours.mjs TOOL JOB FILE OUT
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { columnsOf, contractOf } from './contract.mjs'
import { readAll, tellCost } from './cost.mjs'

const ROOT = new URL('../', import.meta.url)
const ZOD = new URL('packages/validate/node_modules/zod/index.js', ROOT).href
const CORE = new URL('packages/core/dist/index.js', ROOT).href
const VALIDATE = new URL('packages/validate/dist/index.js', ROOT).href

/** What our checks are to every tool. */
const NAMES = {
  'id: >= 1': 'id',
  'id: unique': 'id again',
  'email: matches': 'email',
  'country: one_of': 'country',
  'amount: >= 0': 'amount',
  'amount: <= 10000': 'amount',
  'quantity: not_null': 'quantity',
  'rows: order': 'order',
  'note: format': 'note',
}

const [tool, , file, out] = process.argv.slice(2)
let result = {}
tellCost(() =>
  tool === 'dayshift command' ? factsOf(JSON.parse(readFileSync(`${out}.json`, 'utf8')).reports[0].facts) : result,
)

if (tool === 'plain read') readAll(file)
else if (tool === 'dayshift command') await commandLine()
else if (tool === 'zod rows') await zodRows()
else await library()

async function library() {
  const [z, { createDuckdb, open, sql }, { defineContract, validate }] = await Promise.all([
    import(ZOD),
    import(CORE),
    import(VALIDATE),
  ])
  const contract = contractOf({ z, sql, defineContract }, { key: !tool.endsWith('no key') })
  const engine = tool.endsWith('1 GB') ? await createDuckdb({ memoryLimit: '1GB' }) : undefined
  const frame = await open(file, engine ? { engine } : {})
  const { facts } = await validate(frame, contract, tool === 'dayshift failures' ? { failures: out } : {})
  await engine?.close()
  result = factsOf(facts)
}

/** The whole command; what it finds is read from the file that it also writes. */
async function commandLine() {
  const program = new URL('apps/cli/bin/dayshift.js', ROOT)
  const contract = `${out}.contract.mjs`
  if (!existsSync(contract)) {
    writeFileSync(
      contract,
      `import { sql } from '@dayshift/core'\nimport { defineContract } from '@dayshift/validate'\nimport { z } from 'zod'\n` +
        `import { contractOf } from '${new URL('contract.mjs', import.meta.url).href}'\n` +
        `export default contractOf({ z, sql, defineContract }, { key: true })\n`,
    )
  }
  const flags = ['--contract', contract, '--quiet', '--output', `${out}.json`, '--fail-on', 'never']
  process.argv = [process.execPath, program.pathname, 'validate', file, ...flags]
  await import(program.href)
}

function factsOf({ rows, failedRows, checks }) {
  const facts = {}
  for (const { id, failed } of checks.filter((check) => check.failed > 0)) {
    const name = Object.entries(NAMES).find(([start]) => id.startsWith(start))?.[1] ?? id
    facts[name] = (facts[name] ?? 0) + failed
  }
  return { rows, failedRows, facts }
}

/** Every row as an object through `safeParse`; that no id is there twice, it cannot say. */
async function zodRows() {
  const z = await import(ZOD)
  const row = columnsOf({ z }).refine(({ ordered, updated }) => ordered <= updated)
  const facts = {}
  let rows = 0
  let failedRows = 0
  const began = performance.now()
  const before = process.cpuUsage()
  const each = (object) => {
    rows++
    const { error } = row.safeParse(object)
    if (!error) return
    failedRows++
    for (const { path } of error.issues) {
      const name = path.length === 0 ? 'order' : path[0]
      facts[name] = (facts[name] ?? 0) + 1
    }
  }
  await (file.endsWith('.csv') ? csvObjects(each) : parquetObjects(each))
  const { user, system } = process.cpuUsage(before)
  const spent = { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 }
  result = { rows, failedRows, facts, spent }
}

/** csv-parse, whose own casts take longer than these. */
async function csvObjects(each) {
  const { parse } = createRequire(new URL('packages/core/package.json', ROOT))('csv-parse')
  for await (const row of createReadStream(file).pipe(parse({ columns: true }))) {
    row.id = numberOf(row.id)
    row.amount = numberOf(row.amount)
    row.quantity = numberOf(row.quantity)
    row.ordered = dateOf(row.ordered)
    row.updated = dateOf(row.updated)
    if (row.note === '') row.note = null
    each(row)
  }
}

function numberOf(cell) {
  return cell === '' ? null : Number(cell)
}

/** A time without a zone is UTC. */
function dateOf(cell) {
  return new Date(cell.length === 10 ? cell : `${cell.replace(' ', 'T')}Z`)
}

/** DuckDB's own objects of rows, with integers as numbers. */
async function parquetObjects(each) {
  const { DuckDBInstance } = createRequire(new URL('packages/core/package.json', ROOT))('@duckdb/node-api')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const cast = 'id::DOUBLE AS id, quantity::DOUBLE AS quantity'
  const rows = await connection.stream(`SELECT * REPLACE (${cast}) FROM '${file.replaceAll("'", "''")}'`)
  for await (const objects of rows.yieldRowObjectJs()) for (const object of objects) each(object)
}
