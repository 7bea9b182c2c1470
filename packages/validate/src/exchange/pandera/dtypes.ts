import type { ColumnModel, ModelType, Rule } from '../model.ts'

/** What a dtype of pandas, polars, ibis or Spark comes to. */
export interface KnownDtype {
  readonly type: ModelType
  /** What it is stored as, where that is one thing. */
  readonly physicalType?: string
  /** What its width asks of values. */
  readonly rules: readonly Rule[]
}

const INTEGER = /^(u?)int(?:eger)?(8|16|32|64)?(?:type)?(?:\[\w+\])?$/i
const SPARK_INTEGERS: Readonly<Record<string, number>> = {
  bytetype: 8,
  shorttype: 16,
  integertype: 32,
  longtype: 64,
  tinyint: 8,
  smallint: 16,
  int: 32,
  bigint: 64,
}
const STORED: Readonly<Record<number, string>> = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }

/** Which dtypes are what, the narrower first. */
const OTHERS: readonly (readonly [pattern: RegExp, type: ModelType, physicalType?: string])[] = [
  [/^(float32|floattype)/i, 'number', 'FLOAT'],
  [/^(float|double)/i, 'number', 'DOUBLE'],
  [/^decimal/i, 'number', 'decimal'],
  [/^bool/i, 'boolean', 'boolean'],
  [/^(str|string|utf8|large_string|varchar|char)\b/i, 'string', 'string'],
  [/^(categorical|enum)/i, 'string'],
  [/^(object|category)/i, 'any'],
  [/^date(32|type)?$/i, 'datetime', 'date'],
  [/^(datetime64\[\w+, |datetime\(.*time_zone='|timestamp\(.*'.*'\))/i, 'datetime', 'timestamptz'],
  [/^(datetime|timestamp)/i, 'datetime', 'timestamp'],
]

/**
 * What a dtype means, as Pandera writes it.
 *
 * @returns nothing for dtypes that no column of a contract has, as durations and lists
 */
export function knownDtype(dtype: string, dialect: string): KnownDtype | undefined {
  const name = dtype.replace(/\(\)$/, '')
  const whole = INTEGER.exec(name)
  const spark = dialect.startsWith('pyspark') ? SPARK_INTEGERS[name.toLowerCase()] : undefined
  const width = spark ?? (whole ? Number(whole[2] ?? 64) : undefined)
  if (width !== undefined) {
    const unsigned = whole?.[1] !== undefined && whole[1] !== ''
    const physicalType = `${unsigned ? 'U' : ''}${STORED[width]}`
    return { type: 'integer', physicalType, rules: rangeOf(width, unsigned) }
  }
  const known = OTHERS.find(([pattern]) => pattern.test(name))
  return known && { type: known[1], ...(known[2] === undefined ? {} : { physicalType: known[2] }), rules: [] }
}

function rangeOf(width: number, unsigned: boolean): Rule[] {
  const min: Rule = { rule: 'min', value: unsigned ? 0 : -(2 ** (width - 1)) }
  if (width === 64) return unsigned ? [min] : []
  return [min, { rule: 'max', value: 2 ** (unsigned ? width : width - 1) - 1 }]
}

/** The dtype of pandas for a type. Those that hold missing values do so without becoming another one. */
const DTYPES: Readonly<Record<ModelType, string | undefined>> = {
  string: 'str',
  integer: 'Int64',
  number: 'float64',
  bigint: 'Int64',
  boolean: 'boolean',
  datetime: 'datetime64[ns]',
  any: undefined,
}

/** The dtype of pandas for what a column is stored as. */
const STORED_DTYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(STORED).map(([width, name]) => [name, `int${width}`])),
  ...Object.fromEntries(Object.entries(STORED).map(([width, name]) => [`U${name}`, `uint${width}`])),
  FLOAT: 'float32',
  DOUBLE: 'float64',
}

/** How Pandera is told of a column's type: texts are not coerced, since anything can become one. */
export function dtypeOf({ type, options, nullable }: ColumnModel): { dtype?: string; coerce?: boolean } {
  const stored = options.physicalType === undefined ? undefined : STORED_DTYPES[options.physicalType]
  // Whole numbers and truth values of pandas hold no missing values by themselves.
  if (stored !== undefined && !(nullable && !stored.startsWith('float'))) return { dtype: stored }
  const dtype = DTYPES[type]
  return dtype === undefined ? {} : { dtype, coerce: type !== 'string' }
}
