import { failure } from '../codes.ts'
import { restrict, type Relation } from '../relation.ts'
import { raw } from '../sql.ts'

/** The first rows, after an offset. */
export function limit(relation: Relation, rows: number, offset: number): Relation {
  for (const number of [rows, offset]) {
    if (!Number.isSafeInteger(number) || number < 0) {
      throw failure('DS_VALUE_UNSUPPORTED', `limit: ${number} is not a number of rows`, {
        hint: 'Give a whole number, 0 or more.',
      })
    }
  }
  return restrict(relation, raw(`LIMIT ${rows}${offset > 0 ? ` OFFSET ${offset}` : ''}`))
}
