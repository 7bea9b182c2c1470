import { messageOf } from '@dayshift/core'
import { isMeasureCheck, isRowCheck } from '../../table-check.ts'
import { mayBeMissing, type ColumnModel, type ContractModel, type Rule, type RuleValue } from '../model.ts'
import { checkPlace } from '../check-place.ts'
import { literalPattern } from '../literal-pattern.ts'
import { Notes } from '../notes.ts'
import { tellUnsaid } from '../unsaid.ts'
import { pythonSource } from '../python/to-python.ts'
import type { Written } from '../written.ts'
import { dtypeOf } from './dtypes.ts'

/**
 * A contract as a schema file of Pandera (pandas). Columns are coerced, so that the widths that a file is read with do not
 * matter: a value that does not fit its type fails as one that cannot be coerced.
 */
export function writePandera(model: ContractModel): Written {
  const notes = new Notes()
  if (model.missing && model.missing.length > 0) notes.add('missing', 'is for pandas: na_values')
  tellUnsaid(
    model,
    ['coerce', 'missing', 'physicalType', 'strip', 'tolerance', 'warnings', 'both', 'references'],
    notes,
  )
  const unique = uniqueKeys(model, notes)
  for (const { columns } of model.references) {
    notes.add(`references.${columns.join('+')}`, 'Pandera has no references')
  }
  if (model.rows) notes.add('rows', 'Pandera has no number of rows in its files')
  for (const check of model.checks) {
    if (isRowCheck(check)) notes.add(checkPlace(check), 'Pandera has no SQL')
    else if (isMeasureCheck(check)) notes.add(checkPlace(check), 'Pandera has no measures')
    else if (!check.equals) notes.add(checkPlace(check), 'Pandera has only the whole set of values')
  }
  const document = {
    schema_type: 'dataframe',
    api: 'pandas',
    columns: Object.fromEntries([
      ...model.columns.map((column): [string, object] => [column.name, columnOf(column, model, notes)]),
      ...model.patterns.map(({ name, column, required }): [string, object] => [
        name.python ?? pythonSource(name.pattern),
        { ...columnOf({ ...column, optional: required ? 'no' : 'column' }, model, notes), regex: true },
      ]),
    ]),
    strict: model.extra === 'forbid' ? true : model.extra === 'strip' ? 'filter' : false,
    ...(model.name === undefined ? {} : { name: model.name }),
    ...(model.ordered ? { ordered: true } : {}),
    ...(unique.length === 0 ? {} : { unique: unique.length === 1 ? unique[0] : unique }),
    ...(model.description === undefined ? {} : { description: model.description }),
  }
  return { document, notes: notes.all }
}

/** Keys of several columns. */
function uniqueKeys({ columns, unique }: ContractModel, notes: Notes): (readonly string[])[] {
  const primary = columns.flatMap(({ name, options }) => (options.primaryKey ? [name] : []))
  const keys = [...(primary.length > 1 ? [primary] : []), ...unique.map((key) => key.columns)]
  for (const key of unique) {
    if (key.severity === 'warn' || (key.mostly ?? 1) < 1) notes.add(`unique.${key.columns.join('+')}`, TOLERANCE)
  }
  return keys
}

const TOLERANCE = 'Pandera tolerates no share of rows'

function columnOf(column: ColumnModel, model: ContractModel, notes: Notes): object {
  const { name, optional, fallback, rules, options } = column
  const place = `columns.${name}`
  const primary = model.columns.filter((one) => one.options.primaryKey)
  const alone = options.primaryKey && primary.length === 1
  if ((options.mostly ?? 1) < 1) notes.add(place, TOLERANCE)
  if (options.missing && options.missing.length > 0) notes.add(`${place}.missing`, 'is for pandas: na_values')
  if (options.severity === 'warn') notes.add(place, 'missing values and types that do not fit are errors in Pandera')
  const written = rules.flatMap((rule) => {
    try {
      return [{ ...checkOf(column, rule), warns: rule.warns === true || options.severity === 'warn' }]
    } catch (error) {
      notes.add(`${place}.${rule.rule}`, messageOf(error))
      return []
    }
  })
  const equals = model.checks.flatMap((check) =>
    'equals' in check && check.equals && check.column === name ? [check.equals] : [],
  )
  const warns = options.severity === 'warn'
  const checks = [
    ...written,
    ...(options.forbidden
      ? [{ name: 'notin', args: { forbidden_values: options.forbidden.map(writtenValue) }, warns }]
      : []),
    ...equals.map((values) => ({ name: 'unique_values_eq', args: { values: values.map(writtenValue) }, warns: false })),
  ]
  // A name can stand once only among the keys of a column.
  const flat = new Set(checks.map((check) => check.name)).size === checks.length
  return {
    ...(options.description === undefined ? {} : { description: options.description }),
    ...dtypeOf(column),
    ...(mayBeMissing(column) ? { nullable: true } : {}),
    ...(options.unique || alone ? { unique: true } : {}),
    ...(optional === 'no' ? {} : { required: false }),
    ...(fallback === undefined ? {} : { default: writtenValue(fallback as RuleValue) }),
    ...(flat
      ? Object.fromEntries(checks.map((check) => [check.name, flatCheck(check)]))
      : { checks: checks.map((check) => ({ ...check.args, options: { check_name: check.name, ...warning(check) } })) }),
  }
}

/** A check with one argument and no options is that argument. */
function flatCheck(check: Check & { readonly warns: boolean }): unknown {
  const values = Object.values(check.args)
  return values.length === 1 && !check.warns ? values[0] : { ...check.args, ...warning(check) }
}

function warning({ warns }: { readonly warns: boolean }): object {
  return warns ? { raise_warning: true } : {}
}

interface Check {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

function checkOf(column: ColumnModel, rule: Rule): Check {
  switch (rule.rule) {
    case 'min': {
      const name = rule.exclusive ? 'greater_than' : 'greater_than_or_equal_to'
      return { name, args: { min_value: writtenValue(rule.value) } }
    }
    case 'max': {
      const name = rule.exclusive ? 'less_than' : 'less_than_or_equal_to'
      return { name, args: { max_value: writtenValue(rule.value) } }
    }
    case 'length': {
      const { min, max } = rule
      const args = { min_value: min ?? null, max_value: max ?? null, exact_value: null }
      return { name: 'str_length', args: min === max ? { ...args, ...NO_RANGE, exact_value: min } : args }
    }
    case 'pattern':
      if (rule.python !== undefined && rule.anchoring !== 'fullmatch') {
        const name = rule.anchoring === 'match' ? 'str_matches' : 'str_contains'
        return { name, args: { pattern: rule.python } }
      }
      return { name: 'str_contains', args: { pattern: pythonSource(rule.pattern) } }
    case 'format':
      if (!rule.pattern || CODE.has(rule.format)) throw new TypeError(`Pandera has no form ${rule.format}`)
      return { name: 'str_contains', args: { pattern: pythonSource(rule.pattern) } }
    case 'starts_with':
      return { name: 'str_startswith', args: { string: rule.text } }
    case 'ends_with':
      return { name: 'str_endswith', args: { string: rule.text } }
    case 'includes':
      return { name: 'str_contains', args: { pattern: pythonSource(new RegExp(literalPattern(rule.text), 'u')) } }
    case 'one_of':
      if (rule.values.some((value) => typeof value === 'boolean') && column.type !== 'boolean') {
        throw new TypeError('values of several types')
      }
      return { name: 'isin', args: { allowed_values: rule.values.map(writtenValue) } }
    default:
      throw new TypeError('Pandera has no multiples')
  }
}

const NO_RANGE = { min_value: null, max_value: null }

/** Forms that are more than their pattern to Zod. */
const CODE: ReadonlySet<string> = new Set(['url', 'ipv6', 'cidrv6', 'base64', 'base64url', 'jwt', 'hostname'])

/** Times as Pandera writes them: in UTC, to the second. */
function writtenValue(value: RuleValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T', ' ')
  return typeof value === 'bigint' ? Number(value) : value
}
