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
  if (name === '') throw failure('DS_VALUE_UNSUPPORTED', 'a name in SQL cannot be empty')
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
      if (Object.is(value, -0)) return raw(`CAST('-0' AS DOUBLE)`)
      return raw(Number.isSafeInteger(value) ? signed(value) : `CAST('${value}' AS DOUBLE)`)
    case 'bigint':
      return raw(integer(value))
    case 'boolean':
      return raw(value ? 'TRUE' : 'FALSE')
    default:
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw failure('DS_VALUE_UNSUPPORTED', 'an invalid Date cannot be written as SQL')
    const text = value.toISOString()
    // Years beyond 9999 have a sign in ISO 8601, which the engine does not read.
    return raw(
      /^\d/.test(text)
        ? `CAST('${text}' AS TIMESTAMPTZ)`
        : `make_timestamptz(CAST(${BigInt(value.getTime()) * 1000n} AS BIGINT))`,
    )
  }
  if (value instanceof Uint8Array) return raw(`from_hex('${Buffer.from(value).toString('hex')}')`)
  if (Array.isArray(value)) return raw((value as readonly SqlValue[]).map((item) => literal(item).text).join(', '))
  throw failure('DS_VALUE_UNSUPPORTED', `a value of type ${typeof value} cannot be written as SQL`)
}

/** In brackets below zero: after a minus it would begin a comment, before `::` and `**` the sign would bind last. */
function signed(value: number | bigint): string {
  return value < 0 ? `(${value})` : String(value)
}

/** Beyond 64 bits with its type, since the engine would make a double of it. */
function integer(value: bigint): string {
  if (value >= -(2n ** 63n) && value < 2n ** 63n) return signed(value)
  if (value >= -(2n ** 127n) && value < 2n ** 127n) return `CAST('${value}' AS HUGEINT)`
  if (value > 0n && value < 2n ** 128n) return `CAST('${value}' AS UHUGEINT)`
  throw failure('DS_VALUE_UNSUPPORTED', `the integer ${value} has more than 128 bits`)
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
  if (isSql(value)) return value
  // A comment must not swallow what comes behind the expression.
  return raw(value.includes('--') ? `${value}\n` : value)
}
