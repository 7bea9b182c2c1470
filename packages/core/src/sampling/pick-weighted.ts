import { failure } from '../codes.ts'
import { resolveNames } from '../names.ts'
import { isNumeric } from '../schema.ts'
import { newTable } from '../sources/table-name.ts'
import { typesOf } from '../relation.ts'
import { ident } from '../sql.ts'
import type { Numbered, Picked } from './numbered.ts'
import { sampleSize, type SamplePlan } from './plan.ts'
import { RANKS, rankingOf, withRank } from './rank.ts'

/**
 * Rows one after another, each with a probability in proportion to its weight among those left: the lowest −ln(u) / weight,
 * u being the rank as a number between 0 and 1 (Efraimidis and Spirakis, Information Processing Letters 97, 2006).
 */
export async function pickWeighted(rows: Numbered, plan: SamplePlan, tables: string[]): Promise<Picked> {
  const { engine, relation, options } = rows
  const [name] = resolveNames([plan.weight as string], rows.names, 'sample')
  const weight = ident(name as string).text
  await checkNumbers(rows, name as string)
  const row = ident(rows.row).text
  const rank = rows.free(1)
  const ranked = withRank(relation, rankingOf(plan.seed), rows.row, rank)
  const drawn = sampleSize(plan, await rows.count())
  const chosen = newTable('rows')
  tables.push(chosen)
  const arrival = `-ln((${ident(rank).text} + 0.5) / ${RANKS}) / CAST(${weight} AS DOUBLE)`
  await engine.query(
    `CREATE TABLE ${chosen} AS SELECT ${row} FROM ${ranked.from.text} WHERE ${weight} > 0 AND isfinite(CAST(${weight} AS DOUBLE)) ` +
      `ORDER BY ${arrival}, ${row} LIMIT ${drawn}`,
    options,
  )
  return { relation, where: `${row} IN (SELECT ${row} FROM ${chosen})` }
}

async function checkNumbers({ engine, relation, options }: Numbered, name: string): Promise<void> {
  const type = engine.dialect.columnType((await typesOf(engine, relation, options)).get(name) ?? '')
  if (isNumeric({ name, type, nativeType: '' })) return
  throw failure('DS_SAMPLE', `the weight ${name} is no number (${type})`, {
    hint: `Give a column of numbers, or cast it first: cast({ ${name}: 'DOUBLE' }).`,
  })
}
