import { failure } from '../codes.ts'
import { allNeeds } from '../preparation.ts'
import type { Relation } from '../relation.ts'
import { ident, raw } from '../sql.ts'

/** How to put relations under one another. */
export interface UnionOptions {
  /** Whether columns that one side lacks are there without values. Default: false, which makes them an error. */
  readonly fill?: boolean | undefined
}

/** Rows of one relation after those of another. Columns belong together by name, in any order and case. */
export function union(first: Relation, second: Relation, { fill = false }: UnionOptions): Relation {
  const missing = first.names.filter((name) => has(second.names, name) === undefined)
  const more = second.names.filter((name) => has(first.names, name) === undefined)
  if (!fill && missing.length + more.length > 0) {
    const parts = [
      ...(missing.length > 0 ? [`the second frame has no ${missing.join(', ')}`] : []),
      ...(more.length > 0 ? [`the first frame has no ${more.join(', ')}`] : []),
    ]
    throw failure('DS_COLUMN_UNKNOWN', `union: ${parts.join('; ')}`, {
      hint: 'Select or rename the columns first, or pass { fill: true } to fill what is not there with missing values.',
    })
  }
  const names = [...first.names, ...more]
  const rows = ({ from, names: own }: Relation): string => {
    const list = names.map((name) => {
      const found = has(own, name)
      return `${found === undefined ? 'NULL' : ident(found).text} AS ${ident(name).text}`
    })
    return `SELECT ${list.join(', ')} FROM ${from.text}`
  }
  return { from: raw(`(${rows(first)} UNION ALL ${rows(second)})`), names, needs: allNeeds(first.needs, second.needs) }
}

function has(names: readonly string[], wanted: string): string | undefined {
  return names.find((name) => name.toLowerCase() === wanted.toLowerCase())
}
