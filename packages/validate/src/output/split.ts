import { randomBytes } from 'node:crypto'
import { freeName, ident, raw, type Batch, type Frame, type QueryOptions } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { Contract } from '../contract.ts'
import type { FailingRows } from './failing-rows.ts'
import { holdsObjects, writeObjects } from './split-objects.ts'

/** Where the rows go that break nothing, and those that break something. The names tell the formats. */
export interface Split {
  readonly good?: string | undefined
  readonly bad?: string | undefined
}

/** Rows that are handed to the engine at once. */
const BATCH = 65_536

/**
 * Writes the rows that break no check to one file, and the others to another, each in the order of the data. Cells of text
 * tables stay as they are where text is written. Where the contract strips columns that it does not name, so do the files.
 *
 * @throws DS_WRITE where a file cannot be written
 */
export async function splitRows(
  frame: Frame,
  contract: Contract,
  failed: FailingRows,
  { good, bad }: Split,
  query: QueryOptions,
): Promise<void> {
  const { engine } = frame
  if (!engine.append) throw failure('DS_ENGINE', `${engine.dialect.name} cannot take row numbers from JavaScript`)
  const named = new Set(Object.keys(contract.columns.shape))
  const names = frame.columns.filter((name) => contract.extra !== 'strip' || named.has(name))
  const asObjects = (path: string | undefined): boolean =>
    path !== undefined && frame.objects !== undefined && holdsObjects(path)
  const kept = contract.extra === 'strip' ? names : undefined
  if (asObjects(good)) await writeObjects(frame, failed, { failed: false, names: kept }, good as string, query)
  if (asObjects(bad)) await writeObjects(frame, failed, { failed: true, names: kept }, bad as string, query)
  if ([good, bad].every((path) => path === undefined || asObjects(path))) return
  const table = `dayshift_failed_${randomBytes(6).toString('hex')}`
  const row = freeName(frame.columns)
  await engine.query(`CREATE TABLE ${table} (${row} BIGINT)`, query)
  try {
    await engine.append(table, batchesOf(failed, row), query)
    for (const [path, join] of [
      [good, 'ANTI'],
      [bad, 'SEMI'],
    ] as const) {
      if (path === undefined || asObjects(path)) continue
      const from = frame.text && /\.(csv|tsv)(\.(gz|zst))?$/i.test(path) ? frame.text.relation : frame.relation
      const numbered = `SELECT *, row_number() OVER () - 1 AS ${row} FROM ${from.from.text}`
      const list = names.map((name) => ident(name).text).join(', ')
      const rows = `SELECT ${list} FROM (${numbered}) ${join} JOIN ${table} USING (${row}) ORDER BY ${row}`
      await frame.with({ from: raw(`(${rows})`), names, needs: from.needs }).write(path, query)
    }
  } finally {
    await engine.query(`DROP TABLE IF EXISTS ${table}`)
  }
}

function* batchesOf(rows: FailingRows, name: string): Generator<Batch> {
  let batch: number[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH) continue
    yield { names: [name], rows: batch.length, columns: [batch] }
    batch = []
  }
  if (batch.length > 0) yield { names: [name], rows: batch.length, columns: [batch] }
}
