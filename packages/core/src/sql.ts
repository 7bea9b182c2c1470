import { failure } from './codes.ts'

/** Marks SQL text across copies of this package. */
const MARK = Symbol.for('dayshift.sql')

/** A piece of SQL whose names and values are already quoted. Make one with {@link sql}, {@link ident} or {@link raw}. */
export interface Sql {
  readonly [MARK]: true
  readonly text: string
}

/** A value that can stand in SQL. */
export type SqlValue = string | number | bigint | boolean | null | undefined | Date | Uint8Array | readonly SqlValue[]

/** Takes text as SQL, as it is. Only for text that the program itself made: nothing in it gets quoted. */
export function raw(text: string): Sql {
  return { [MARK]: true, text }
}

/** Whether a value is a piece of SQL. */
export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && MARK in value
}

/**
 * A name (column, table) in SQL, quoted.
 *
 * @example ident('O"Brien').text // "O""Brien"
 */
export function ident(name: string): Sql {
  if (name.includes('\0')) throw failure('DS_VALUE_UNSUPPORTED', 'a name in SQL cannot hold the character U+0000')
  return raw(`"${name.replaceAll('"', '""')}"`)
}

/**
 * A value in SQL, quoted. Numbers that are not whole become doubles, so that 0.1 + 0.2 is what JavaScript says it is.
 *
 * @throws DS_VALUE_UNSUPPORTED for a value that has no place in SQL
 * @example literal("O'Brien").text // 'O''Brien'
 */
export function literal(value: SqlValue): Sql {
  if (value === null || value === undefined) return raw('NULL')
  switch (typeof value) {
    case 'string':
      return raw(quoted(value))
    case 'number':
      return raw(Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : `CAST('${value}' AS DOUBLE)`)
    case 'bigint':
      return raw(String(value))
    case 'boolean':
      return raw(value ? 'TRUE' : 'FALSE')
    default:
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw failure('DS_VALUE_UNSUPPORTED', 'an invalid Date cannot be written as SQL')
    return raw(`CAST('${value.toISOString()}' AS TIMESTAMPTZ)`)
  }
  if (value instanceof Uint8Array) return raw(`from_hex('${Buffer.from(value).toString('hex')}')`)
  if (Array.isArray(value)) return raw((value as readonly SqlValue[]).map((item) => literal(item).text).join(', '))
  throw failure('DS_VALUE_UNSUPPORTED', `a value of type ${typeof value} cannot be written as SQL`)
}

function quoted(text: string): string {
  // U+0000 would end the statement early in the engine's C interface.
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' || chr(0) || ')})`
}

/**
 * Writes SQL with names and values put in safely. Pieces of SQL go in as they are; anything else becomes a literal, an
 * array a list of literals.
 *
 * @example
 * const least = 3
 * frame.filter(sql`${ident('wind gust')} > ${least} and origin in (${['EWR', 'JFK']})`)
 */
export function sql(parts: TemplateStringsArray, ...values: readonly (Sql | SqlValue)[]): Sql {
  let text = parts[0] as string
  values.forEach((value, at) => {
    text += (isSql(value) ? value : literal(value)).text + (parts[at + 1] as string)
  })
  return raw(text)
}

/** Joins pieces of SQL. */
export function join(pieces: readonly Sql[], separator = ', '): Sql {
  return raw(pieces.map(({ text }) => text).join(separator))
}

/** Text that a person wrote as SQL, or a piece of SQL. */
export function expression(value: string | Sql): Sql {
  return isSql(value) ? value : raw(value)
}
