import { failure } from '../codes.ts'
import { distinctNames } from '../names.ts'
import { selectFrom, type Relation } from '../relation.ts'
import { expression, ident, join, raw, type Sql } from '../sql.ts'

/** Adds columns, or replaces those of the same name, in any case, where they stand. */
export function derive(relation: Relation, columns: Readonly<Record<string, string | Sql>>): Relation {
  const left = new Map(distinctNames(Object.keys(columns), 'derive').map((name) => [name.toLowerCase(), name]))
  const values: Sql[] = []
  const names = relation.names.map((name) => {
    const derived = left.get(name.toLowerCase())
    left.delete(name.toLowerCase())
    values.push(derived === undefined ? ident(name) : valueOf(derived))
    return derived ?? name
  })
  for (const name of left.values()) {
    names.push(name)
    values.push(valueOf(name))
  }
  return selectFrom(relation, join(values), names)

  function valueOf(name: string): Sql {
    const { text } = expression(columns[name] as string | Sql)
    if (/^\s*([\w"]+\.)?\*|^\s*COLUMNS\s*\(/i.test(text)) {
      throw failure('DS_QUERY', `derive: column '${name}': one expression is needed, not ${text.trim()}`, {
        hint: 'Name the columns one by one; select() takes several.',
      })
    }
    return raw(`(${text}) AS ${ident(name).text}`)
  }
}
