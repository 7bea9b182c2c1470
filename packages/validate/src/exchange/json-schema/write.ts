import { z } from 'zod'
import { isZodSchema } from '../../checks/schema.ts'
import type { ColumnOptions } from '../../column.ts'
import type { Contract } from '../../contract.ts'
import { checkPlace } from '../check-place.ts'
import { modelOf } from '../from-contract.ts'
import { Notes } from '../notes.ts'
import { tellUnsaid } from '../unsaid.ts'
import type { Written } from '../written.ts'
import type { ListedValue } from '../../listed-value.ts'

/** A contract as a JSON Schema of one row, as Zod writes it, with its keys under names that begin with `x-`. */
export function writeJsonSchema(contract: Contract): Written {
  const notes = new Notes()
  const { columns, name, description, extra } = contract
  const model = modelOf(contract)
  tellUnsaid(model, ['pii', 'both', 'references', 'parts'], notes)
  for (const check of model.checks) {
    notes.add(checkPlace(check), 'JSON Schema looks at one row, and has no SQL')
  }
  if (contract.rows) notes.add('rows', 'JSON Schema looks at one row')
  if (contract.ordered) notes.add('ordered', 'JSON Schema has no order')
  for (const reference of contract.references) {
    notes.add(`references.${reference.columns.join('+')}`, 'JSON Schema has no references')
  }
  const written = z.toJSONSchema(columns, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      const { type, checks } = zodSchema._zod.def
      if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      else if (type === 'bigint') {
        Object.assign(jsonSchema, { type: 'integer' })
        if (checks && checks.length > 0) notes.add(placeOf(path), 'limits of big integers are not written')
      }
      if (NO_FORMATS.has(jsonSchema.format)) delete jsonSchema.format
      const isCode = CODE.has(type) || checks?.some((check) => check._zod.def.check === 'custom')
      if (isCode) notes.add(placeOf(path), 'what is code is not written')
    },
  }) as Record<string, unknown>
  const properties = written['properties'] as Record<string, object>
  for (const { name: column, options, type, rules } of model.columns) {
    const flags = rules
      .flatMap((rule) => ('pattern' in rule && rule.rule === 'pattern' ? [rule.pattern.flags] : []))
      .join('')
    if (/[ims]/.test(flags)) notes.add(`columns.${column}.pattern`, 'patterns have no flags in JSON Schema')
    if (type === 'datetime') {
      notes.add(
        `columns.${column}`,
        'a time is a text with a zone in JSON: those of text tables, as 2024-01-31, do not hold',
      )
      if (rules.length > 0) notes.add(`columns.${column}`, 'JSON Schema has no order of times')
    }
    properties[column] = { ...properties[column], ...keywordsOf(options) }
  }
  const primaryKey = model.columns.flatMap((column) => (column.options.primaryKey ? [column.name] : []))
  const { $schema, ...rest } = written
  const document = {
    $schema,
    ...(name === undefined ? {} : { title: name }),
    ...(description === undefined ? {} : { description }),
    ...rest,
    ...(contract.patterns.length === 0 ? {} : { patternProperties: patternProperties(contract) }),
    ...(extra === 'forbid' ? { additionalProperties: false } : {}),
    ...(primaryKey.length === 0 ? {} : { 'x-primaryKey': primaryKey }),
    ...(model.unique.length === 0 ? {} : { 'x-unique': model.unique.map((key) => key.columns) }),
  }
  return { document, notes: notes.all }
}

function patternProperties({ patterns }: Contract): object {
  return Object.fromEntries(
    patterns.map(({ name, column }) => {
      const schema = isZodSchema(column) ? column : column.schema
      const { $schema: _, ...written } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
      return [name.source, written]
    }),
  )
}

function placeOf(path: readonly (string | number)[]): string {
  return path.filter((key) => key !== 'properties').join('.') || 'columns'
}

/** Schemas that are code. */
const CODE: ReadonlySet<string> = new Set(['transform', 'custom', 'map', 'set', 'symbol', 'function', 'catch', 'nan'])

/** What Zod calls a format, and JSON Schema does not: its pattern stands beside it. */
const NO_FORMATS: ReadonlySet<unknown> = new Set([
  'includes',
  'starts_with',
  'ends_with',
  'lowercase',
  'uppercase',
  'regex',
])

function keywordsOf({ unique, severity, mostly, pii, forbidden, description }: ColumnOptions): object {
  return {
    ...(description === undefined ? {} : { description }),
    ...(unique ? { 'x-unique': true } : {}),
    ...(severity === 'warn' ? { 'x-severity': 'warn' } : {}),
    ...(mostly === undefined ? {} : { 'x-mostly': mostly }),
    ...(pii ? { 'x-pii': true } : {}),
    ...(forbidden ? { 'x-forbidden': forbidden.map(jsonValue) } : {}),
  }
}

/** JSON has neither dates nor large integers. */
function jsonValue(value: ListedValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
