import { ident } from '../sql.ts'
import type { Numbered, Picked } from './numbered.ts'
import { sampleSize, type SamplePlan } from './plan.ts'
import { highestRank, rankingOf, withRank } from './rank.ts'

/** A simple random sample without replacement: the rows of the lowest ranks. */
export async function pickRandom(rows: Numbered, plan: SamplePlan): Promise<Picked> {
  const sourceRows = await rows.count()
  const drawn = sampleSize(plan, sourceRows)
  if (drawn >= sourceRows) return { relation: rows.relation, where: 'TRUE' }
  const ranking = rankingOf(plan.seed)
  const highest = await highestRank(ranking, sourceRows, drawn, rows.options)
  const rank = rows.free(1)
  return { relation: withRank(rows.relation, ranking, rows.row, rank), where: `${ident(rank).text} <= ${highest}` }
}
