import { ident } from '@dayshift/core'
import { isMeasureCheck, isRowCheck, type RowCount } from '../../table-check.ts'
import { isFormat } from '../calls.ts'
import { checkPlace } from '../check-place.ts'
import { literalPattern } from '../literal-pattern.ts'
import {
  mayBeMissing,
  type ColumnModel,
  type ContractModel,
  type ModelType,
  type Rule,
  type RuleValue,
} from '../model.ts'
import { Notes } from '../notes.ts'
import { tellUnsaid } from '../unsaid.ts'
import type { Written } from '../written.ts'
import { FORMATS } from './form.ts'

const LOGICAL: Readonly<Record<ModelType, string | undefined>> = {
  string: 'string',
  integer: 'integer',
  bigint: 'integer',
  number: 'number',
  boolean: 'boolean',
  datetime: 'timestamp',
  any: undefined,
}

/** A contract as a data contract of the Open Data Contract Standard 3.1, in the state of a draft. */
export function writeOdcs(model: ContractModel): Written {
  const notes = new Notes()
  tellUnsaid(model, ['pii', 'strip', 'both', 'references'], notes)
  const name = model.name ?? 'dataset'
  for (const { name: pattern } of model.patterns) {
    notes.add(`patterns.${String(pattern.pattern)}`, 'the standard has no columns by pattern')
  }
  if (model.extra !== 'allow') notes.add('extra', 'the standard says nothing of other columns')
  if (model.ordered) notes.add('ordered', 'the standard has no order of columns')
  for (const { columns } of model.references) notes.add(`references.${columns.join('+')}`, 'references are not written')
  const ofTable = model.checks.flatMap((check) => {
    if (!isRowCheck(check)) return []
    if (check.mostly !== undefined) notes.add(checkPlace(check), 'all rows must pass')
    const when = check.when === undefined ? '' : `(${check.when.text}) AND `
    return [
      {
        ...(check.name === undefined ? {} : { name: check.name }),
        type: 'sql',
        query: `SELECT count(*) FROM {object} WHERE ${when}NOT (${check.that.text})`,
        mustBe: 0,
        ...(check.severity === 'warn' ? { severity: 'warning' } : {}),
      },
    ]
  })
  const keys = model.unique.map(({ columns }) => ({
    type: 'library',
    metric: 'duplicateValues',
    arguments: { properties: columns },
    mustBe: 0,
  }))
  const quality = [...(model.rows ? [rowCount(model.rows)] : []), ...keys, ...ofTable]
  const document = {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    name,
    version: '1.0.0',
    status: 'draft',
    schema: [
      {
        name,
        logicalType: 'object',
        ...(model.description === undefined ? {} : { description: model.description }),
        properties: model.columns.map((column) => propertyOf(column, model, notes)),
        ...(quality.length === 0 ? {} : { quality }),
      },
    ],
  }
  return { document, notes: notes.all }
}

function rowCount({ min, max }: RowCount): object {
  const range =
    min !== undefined && max !== undefined
      ? min === max
        ? { mustBe: min }
        : { mustBeBetween: [min, max] }
      : min === undefined
        ? { mustBeLessOrEqualTo: max }
        : { mustBeGreaterOrEqualTo: min }
  return { type: 'library', metric: 'rowCount', ...range }
}

function propertyOf(column: ColumnModel, model: ContractModel, notes: Notes): object {
  const { name, type, rules, options } = column
  const place = `columns.${name}`
  if (column.fallback !== undefined) notes.add(`${place}.default`, 'the standard has no defaults')
  if ((options.mostly ?? 1) < 1 || options.severity === 'warn') notes.add(place, 'all values must pass')
  if (column.optional !== 'no') notes.add(`${place}.optional`, 'the standard has no columns that may be left out')
  const key = model.columns.filter((one) => one.options.primaryKey).indexOf(column) + 1
  const typeOptions: Record<string, unknown> = {}
  const quality: object[] = []
  for (const rule of rules) {
    const said = typeOption(rule, column, quality)
    const twice = Object.keys(said ?? {}).find((option) => option in typeOptions)
    if (said === undefined) notes.add(`${place}.${rule.rule}`, 'the standard has no word for it')
    else if (twice !== undefined) notes.add(`${place}.${twice}`, 'the standard has each option once')
    else Object.assign(typeOptions, said)
  }
  if (options.forbidden) {
    const list = options.forbidden.map((value) => {
      const plain = value instanceof Date ? value.toISOString() : value
      return typeof plain === 'string' ? `'${plain.replaceAll("'", "''")}'` : String(plain)
    })
    const query = `SELECT count(*) FROM {object} WHERE ${ident(name).text} IN (${list.join(', ')})`
    quality.push({ type: 'sql', query, mustBe: 0 })
  }
  for (const check of model.checks) {
    if (isRowCheck(check) || check.column !== name) continue
    if (isMeasureCheck(check) && check.measure === 'null_share' && check.max !== undefined && check.min === undefined) {
      if (check.severity === 'warn') notes.add(checkPlace(check), 'its warnings are errors there')
      const bound = check.exclusiveMax ? 'mustBeLessThan' : 'mustBeLessOrEqualTo'
      quality.push({ type: 'library', metric: 'nullValues', unit: 'percent', [bound]: check.max * 100 })
    } else notes.add(checkPlace(check), 'measures are not written')
  }
  return {
    name,
    ...(LOGICAL[type] === undefined ? {} : { logicalType: LOGICAL[type] }),
    ...(Object.keys(typeOptions).length === 0 ? {} : { logicalTypeOptions: typeOptions }),
    ...(mayBeMissing(column) ? {} : { required: true }),
    ...(options.unique ? { unique: true } : {}),
    ...(key > 0 ? { primaryKey: true, primaryKeyPosition: key } : {}),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.pii ? { classification: 'pii' } : {}),
    ...(quality.length === 0 ? {} : { quality }),
  }
}

const WRITTEN_FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries(FORMATS).map(([theirs, ours]) => [ours, theirs]),
)

/** What stands among the options of the type; lists of values go to the quality. Nothing where there is no word for it. */
function typeOption(rule: Rule, { type }: ColumnModel, quality: object[]): object | undefined {
  switch (rule.rule) {
    case 'min':
      return { [rule.exclusive ? 'exclusiveMinimum' : 'minimum']: limitValue(rule.value) }
    case 'max':
      return { [rule.exclusive ? 'exclusiveMaximum' : 'maximum']: limitValue(rule.value) }
    case 'length':
      return {
        ...(rule.min === undefined ? {} : { minLength: rule.min }),
        ...(rule.max === undefined ? {} : { maxLength: rule.max }),
      }
    case 'multiple_of':
      return rule.value > 0 ? { multipleOf: rule.value } : undefined
    case 'one_of':
      quality.push({
        type: 'library',
        metric: 'invalidValues',
        arguments: { validValues: rule.values.map(limitValue) },
        mustBe: 0,
      })
      return {}
    case 'format': {
      const format = WRITTEN_FORMATS.get(rule.format)
      if (format !== undefined) return { format }
      return isFormat(rule.format) && rule.pattern ? { pattern: rule.pattern.source } : undefined
    }
    case 'pattern':
      return /[ims]/.test(rule.pattern.flags) ? undefined : { pattern: rule.pattern.source }
    default:
      return type === 'string' ? { pattern: partPattern(rule.rule, rule.text) } : undefined
  }
}

function partPattern(rule: 'starts_with' | 'ends_with' | 'includes', text: string): string {
  const literal = literalPattern(text)
  return rule === 'starts_with' ? `^${literal}` : rule === 'ends_with' ? `${literal}$` : literal
}

function limitValue(value: RuleValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'bigint' ? Number(value) : value
}
