import type { Batch } from '../engine.ts'
import { newTable } from '../sources/table-name.ts'
import { ident } from '../sql.ts'
import type { Numbered, Picked } from './numbered.ts'
import { sampleSize, type SamplePlan } from './plan.ts'
import { drawnRows, highestRank, rankingOf, withRank } from './rank.ts'

/** Up to so many rows, their numbers are listed: looking a number up costs the engine less than computing its rank. */
const MOST_LISTED = 1_000_000

/** Numbers given to the engine at once. */
const BATCH = 16_384

/** A simple random sample without replacement: the rows of the lowest ranks. */
export async function pickRandom(rows: Numbered, plan: SamplePlan, tables: string[]): Promise<Picked> {
  const { engine, relation, options } = rows
  const sourceRows = await rows.count()
  const size = sampleSize(plan, sourceRows)
  if (size >= sourceRows) return { relation, where: 'TRUE' }
  const ranking = rankingOf(plan.seed)
  const highest = await highestRank(ranking, sourceRows, size, options)
  if (engine.append && size <= MOST_LISTED) {
    const table = newTable('rows')
    tables.push(table)
    await engine.query(`CREATE TABLE ${table} (n BIGINT)`, options)
    await engine.append(table, batches(await drawnRows(ranking, sourceRows, highest, options)), options)
    return { relation, where: `${ident(rows.row).text} IN (SELECT n FROM ${table})` }
  }
  const rank = rows.free(1)
  return { relation: withRank(relation, ranking, rows.row, rank), where: `${ident(rank).text} <= ${highest}` }
}

function* batches(numbers: readonly number[]): Generator<Batch> {
  for (let from = 0; from < numbers.length; from += BATCH) {
    const column = numbers.slice(from, from + BATCH)
    yield { names: ['n'], rows: column.length, columns: [column] }
  }
}
