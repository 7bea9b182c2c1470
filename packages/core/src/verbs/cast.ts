import { failure } from '../codes.ts'
import { resolveNames } from '../names.ts'
import { raw, ident } from '../sql.ts'
import type { Relation } from '../relation.ts'
import { derive } from './derive.ts'

/** Changes columns' types. A type's name is not a value, so it is checked, not quoted. */
export function cast(relation: Relation, types: Readonly<Record<string, string>>): Relation {
  const wanted = Object.keys(types)
  const names = resolveNames(wanted, relation.names, 'cast')
  const casts = names.map((name, at) => {
    const type = types[wanted[at] as string] as string
    if (!/^[A-Za-z][A-Za-z0-9_ ]*(\([0-9, ]+\))?(\[\])*$/.test(type)) {
      throw failure('DS_VALUE_UNSUPPORTED', `cast: '${type}' is not the name of a type`, {
        hint: 'As BIGINT, DOUBLE, DECIMAL(18, 3), VARCHAR, DATE.',
      })
    }
    return [name, raw(`CAST(${ident(name).text} AS ${type})`)] as const
  })
  return derive(relation, Object.fromEntries(casts))
}
