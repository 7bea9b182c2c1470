import type { RuleValue } from '../model.ts'

/** Options that every check has. */
interface CheckOptions {
  /** Failures are warnings. */
  readonly warns: boolean
  /** Missing values fail as well. */
  readonly missingFails: boolean
}

/** A check as it is written, whatever the dialect. */
export interface WrittenCheck {
  readonly name: string
  /** Its arguments by name, or its only one under `value`. */
  readonly args: Readonly<Record<string, unknown>>
  readonly options: CheckOptions
}

/** What stands beside checks in a column. */
const COLUMN_KEYS: ReadonlySet<string> = new Set(
  (
    'title description dtype nullable checks name unique coerce required regex default ' +
    'report_duplicates drop_invalid_rows metadata alias dims ordered_dims sizes shape coords ' +
    'schema_type version parsers'
  ).split(' '),
)

const OPTION_KEYS: ReadonlySet<string> = new Set(
  (
    'check_name ignore_na raise_warning n_failure_cases name error title description element_wise ' +
    'groupby groups determined_by_unique'
  ).split(' '),
)

type Mapping = Readonly<Record<string, unknown>>

/**
 * The checks of a column in any of the three dialects: by name among the column's keys, by name under `checks`, or a list
 * whose items name the check among their options.
 */
export function checksOfColumn(column: Mapping): WrittenCheck[] {
  const flat = Object.entries(column).flatMap(([name, value]) => (COLUMN_KEYS.has(name) ? [] : [checkOf(name, value)]))
  return [...flat, ...checksOf(column['checks'])]
}

/** The checks under the key `checks`, of a column or of the table. */
export function checksOf(checks: unknown): WrittenCheck[] {
  if (Array.isArray(checks)) {
    return (checks as unknown[]).flatMap((item) => {
      if (!isMapping(item)) return typeof item === 'string' ? [checkOf(item, {})] : []
      const options = isMapping(item['options']) ? item['options'] : {}
      const name = options['check_name']
      if (typeof name === 'string') return [checkOf(name, item)]
      return Object.entries(item).map(([key, value]) => checkOf(key, value))
    })
  }
  return isMapping(checks) ? Object.entries(checks).map(([name, value]) => checkOf(name, value)) : []
}

function checkOf(name: string, value: unknown): WrittenCheck {
  const given = isMapping(value) ? value : { value }
  const { options, ...rest } = given
  const args = Object.fromEntries(Object.entries(rest).filter(([key]) => !OPTION_KEYS.has(key)))
  const told: Mapping = { ...rest, ...(isMapping(options) ? options : {}) }
  return { name, args, options: { warns: told['raise_warning'] === true, missingFails: told['ignore_na'] === false } }
}

function isMapping(value: unknown): value is Mapping {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date || value instanceof Set)
  )
}

/** The argument of a check that has one, by its name or alone. */
export function onlyArgument({ args }: WrittenCheck, name: string): unknown {
  return args[name] ?? args['value']
}

/** The values of a check that lists some. A text is the list of its characters, as it is to Python. */
export function listArgument(check: WrittenCheck, name: string): RuleValue[] {
  const value = onlyArgument(check, name)
  if (typeof value === 'string') return Array.from(value)
  if (value instanceof Set) return [...(value as Set<RuleValue>)]
  return Array.isArray(value)
    ? (value as RuleValue[])
    : value === undefined || value === null
      ? []
      : [value as RuleValue]
}
