import { failure } from '../codes.ts'
import { resolveNames } from '../names.ts'
import { newTable } from '../sources/table-name.ts'
import { ident } from '../sql.ts'
import type { Numbered, Picked } from './numbered.ts'
import type { SamplePlan } from './plan.ts'
import { RANKS, rankingOf, withRank } from './rank.ts'

/** Beyond so many parts, the column is an identifier, and a stratified sample of it holds nearly all rows. */
const MOST_STRATA = 1_000_000

/**
 * From each stratum its share of the rows, rounded, and at least `minPerStratum` where it has them: those of the lowest
 * ranks. Missing values are a stratum of their own. The numbers of the rows drawn are kept in a table.
 */
export async function pickStrata(rows: Numbered, plan: SamplePlan, tables: string[]): Promise<Picked> {
  const { engine, relation, options } = rows
  const columns = resolveNames(plan.stratify ?? [], rows.names, 'sample').map((name) => ident(name).text)
  const list = columns.join(', ')
  const fraction =
    plan.fraction === undefined
      ? `${plan.rows as number} / (SELECT count(*) FROM ${relation.from.text})`
      : `CAST('${plan.fraction}' AS DOUBLE)`
  const strata = newTable('strata')
  tables.push(strata)
  const [size, row, rank, place, most] = [2, 0, 1, 3, 4].map(
    (at) => ident(at === 0 ? rows.row : rows.free(at)).text,
  ) as [string, string, string, string, string]
  await engine.query(
    `CREATE TABLE ${strata} AS SELECT ${list}, count(*) AS ${most}, ` +
      `least(count(*), greatest(${plan.minPerStratum}, CAST(round(count(*) * (${fraction})) AS BIGINT))) AS ${size} ` +
      `FROM ${relation.from.text} GROUP BY ${list}`,
    options,
  )
  const [counts] = await engine.query(`SELECT count(*) AS n FROM ${strata}`, options)
  if (Number(counts?.['n']) > MOST_STRATA) {
    throw failure(
      'DS_SAMPLE',
      `${plan.stratify?.join(', ')} has ${String(counts?.['n'])} different values, too many to stratify by`,
      {
        hint: 'Stratify by a column of few values, or draw by key.',
      },
    )
  }
  // Nearly all rows that can be drawn have a rank within six standard deviations of their stratum's share; the others
  // need not be sorted. Where that was too tight, all are.
  const share = `${size} / ${most}`
  const likely = `${share} + 6 * sqrt(${share} / ${most}) + 24 / ${most}`
  const ranked = withRank(relation, rankingOf(plan.seed), rows.row, rows.free(1))
  const same = columns.map((column) => `d.${column} IS NOT DISTINCT FROM s.${column}`).join(' AND ')
  const chosen = newTable('rows')
  tables.push(chosen)
  for (const limit of [`WHERE ${rank} < ${RANKS} * (${likely})`, '']) {
    const partition = columns.map((column) => `s.${column}`).join(', ')
    await engine.query(
      `CREATE OR REPLACE TABLE ${chosen} AS SELECT ${row} FROM (SELECT ${row}, ${size}, row_number() OVER ` +
        `(PARTITION BY ${partition} ORDER BY ${rank}, ${row}) AS ${place} FROM ${ranked.from.text} AS d JOIN ${strata} AS s ON ${same} ${limit}) ` +
        `WHERE ${place} <= ${size}`,
      options,
    )
    const [check] = await engine.query(
      `SELECT (SELECT count(*) FROM ${chosen}) = (SELECT sum(${size}) FROM ${strata}) AS enough`,
      options,
    )
    if (check?.['enough'] === true) break
  }
  return { relation, where: `${row} IN (SELECT ${row} FROM ${chosen})` }
}
