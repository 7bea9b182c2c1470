import { withoutSecrets } from '@dayshift/core'
import type { CheckDef } from '../checks/check-def.ts'
import { nameOf } from '../checks/check-name.ts'
import { columnsOf, refinesRows } from '../checks/object.ts'
import type { PlainSchema } from '../checks/plain.ts'
import { rulesOf, type ColumnRules } from '../checks/rules.ts'
import { isZodSchema } from '../checks/schema.ts'
import { defaultOf } from '../checks/wrapper.ts'
import type { ColumnOptions } from '../column.ts'
import type { Contract } from '../contract.ts'
import { isFormat } from './calls.ts'
import type {
  ColumnModel,
  ContractModel,
  ModelCheck,
  ModelType,
  PatternModel,
  ReferenceModel,
  Rule,
  RuleValue,
} from './model.ts'
import { Notes } from './notes.ts'
import { isRefineCheck } from '../table-check.ts'

/** A contract as plain data. What is code in it, refinements and transforms, is told in the notes. */
export function modelOf(contract: Contract): ContractModel {
  const notes = new Notes()
  const { name, description, extra, ordered, missing, unique, references, rows, checks } = contract
  if (refinesRows(contract.columns)) notes.add('columns', 'refinements of whole rows are code')
  for (const check of checks.filter(isRefineCheck)) notes.add(`checks.${check.name}`, 'refinements of rows are code')
  const referenced = references.flatMap(({ to, ...others }): ReferenceModel[] => {
    const { columns } = others
    const place = `references.${columns.join('+')}`
    if (typeof to !== 'string') {
      notes.add(place, 'a reference to a frame has no name to write')
      return []
    }
    return [{ ...others, to: withoutSecrets(to) }]
  })
  return {
    name,
    description,
    columns: columnsOf(contract.columns).map(([column, schema]) =>
      columnModel(rulesOf(column, schema), contract.options[column] ?? {}, notes),
    ),
    patterns: contract.patterns.map(({ name: pattern, column, required = true }): PatternModel => {
      const { schema, ...own } = isZodSchema(column) ? { schema: column } : column
      const named = String(pattern)
      return {
        name: { rule: 'pattern', pattern },
        column: columnModel(rulesOf(named, schema), own, notes),
        required,
      }
    }),
    extra,
    ordered,
    missing,
    unique: unique.filter(({ columns }) => !isOfColumn(contract, columns)),
    references: referenced,
    rows,
    checks: checks.filter((check): check is ModelCheck => !isRefineCheck(check)),
    notes: [...contract.notes, ...notes.all],
  }
}

/** Whether a key is one that a column's own options say. */
function isOfColumn({ options }: Contract, columns: readonly string[]): boolean {
  const [only] = columns
  if (columns.length === 1 && only !== undefined) return options[only]?.unique === true || isPrimary(options, columns)
  return isPrimary(options, columns)
}

function isPrimary(options: Contract['options'], columns: readonly string[]): boolean {
  const key = Object.keys(options).filter((name) => options[name]?.primaryKey)
  return key.length > 0 && key.length === columns.length && key.every((name) => columns.includes(name))
}

function columnModel(rules: ColumnRules, options: ColumnOptions, notes: Notes): ColumnModel {
  const { column, schema } = rules
  const standing = defaultOf(schema)
  const inner = standing ? rulesOf(column, standing.inner) : rules
  const place = `columns.${column}`
  const { plain } = inner
  const isAnything = inner.checks.length === 0
  if (!plain && !isAnything) notes.add(place, 'a schema of several kinds, or with code, is written as its type alone')
  const described = (schema as { description?: unknown }).description
  const { warnings = [], ...own } = options
  const description = own.description ?? (typeof described === 'string' ? described : undefined)
  return {
    name: column,
    type: plain ? typeOf(plain, rules) : isAnything ? 'any' : typeOfKind(rules),
    nullable: inner.missing === null,
    optional: !inner.optional ? 'no' : inner.acceptsMissing && inner.missing === undefined ? 'value' : 'column',
    ...(standing?.value === undefined ? {} : { fallback: standing.value }),
    rules: plain ? rulesOfPlain(plain, warnings, place, notes) : [],
    options: { ...own, ...(description === undefined ? {} : { description }) },
  }
}

function typeOfKind({ kind }: ColumnRules): ModelType {
  return kind === 'date' ? 'datetime' : kind
}

function typeOf({ type, checks }: PlainSchema, rules: ColumnRules): ModelType {
  if (type === 'values') return typeOfKind(rules)
  if (type === 'date') return 'datetime'
  return type === 'number' && checks.some(({ check }) => check === 'number_format') ? 'integer' : type
}

function rulesOfPlain(
  { type, values, checks }: PlainSchema,
  warnings: readonly string[],
  place: string,
  notes: Notes,
): Rule[] {
  const listed: Rule[] =
    type === 'values' && values
      ? [{ rule: 'one_of', values: values.filter((value) => value !== null && value !== undefined) as RuleValue[] }]
      : []
  return [
    ...listed,
    ...checks.flatMap((check) => {
      const warns = warnings.includes(nameOf(check) ?? '') ? { warns: true } : {}
      return rulesOfCheck(check, place, notes).map((rule) => ({ ...rule, ...warns }))
    }),
  ]
}

/** The least and most of the formats of numbers that Zod has, beside its whole numbers. */
const FORMAT_BOUNDS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
}

function rulesOfCheck(check: CheckDef, place: string, notes: Notes): Rule[] {
  const { value, inclusive, minimum, maximum, length, format } = check as CheckDef & Readonly<Record<string, unknown>>
  const exclusive = inclusive === true ? {} : { exclusive: true }
  switch (check.check) {
    case 'greater_than':
      return [{ rule: 'min', value: value as number, ...exclusive }]
    case 'less_than':
      return [{ rule: 'max', value: value as number, ...exclusive }]
    case 'multiple_of':
      return [{ rule: 'multiple_of', value: Number(value) }]
    case 'min_length':
      return [{ rule: 'length', min: Number(minimum) }]
    case 'max_length':
      return [{ rule: 'length', max: Number(maximum) }]
    case 'length_equals':
      return [{ rule: 'length', min: Number(length), max: Number(length) }]
    case 'number_format': {
      const [min, max] = FORMAT_BOUNDS[String(format)] ?? []
      return min === undefined || max === undefined
        ? []
        : [
            { rule: 'min', value: min },
            { rule: 'max', value: max },
          ]
    }
    case 'string_format':
      return formatRules(check, place, notes)
    default:
      notes.add(place, `${check.check === 'custom' ? 'a refinement' : check.check} is code`)
      return []
  }
}

function formatRules(check: CheckDef, place: string, notes: Notes): Rule[] {
  const { format, prefix, suffix, includes, pattern } = check as CheckDef & Readonly<Record<string, unknown>>
  if (typeof prefix === 'string') return [{ rule: 'starts_with', text: prefix }]
  if (typeof suffix === 'string') return [{ rule: 'ends_with', text: suffix }]
  if (typeof includes === 'string') return [{ rule: 'includes', text: includes }]
  const known = pattern instanceof RegExp ? { pattern } : {}
  if (isFormat(String(format))) return [{ rule: 'format', format: String(format), ...known }]
  if (pattern instanceof RegExp) return [{ rule: 'pattern', pattern }]
  notes.add(place, `the form ${String(format)} is code`)
  return []
}
