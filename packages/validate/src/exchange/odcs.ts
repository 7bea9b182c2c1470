import { ident } from '@dayshift/core'
import { z } from 'zod'
import { isMeasureCheck, isRowCheck } from '../contract.ts'
import type { MeasureCheck, RowCount, TableCheck, UniqueKey } from '../table-check.ts'
import { isFormat } from './calls.ts'
import {
  mayBeMissing,
  type ColumnModel,
  type ContractModel,
  type ModelType,
  type Rule,
  type RuleValue,
} from './model.ts'
import { Notes } from './notes.ts'
import type { Written } from './written.ts'

const Limit = z.union([z.number(), z.string()])

const Quality = z.looseObject({
  type: z.string().default('library'),
  metric: z.string().optional(),
  /** What `metric` was called before 3.1. */
  rule: z.string().optional(),
  name: z.string().optional(),
  arguments: z.record(z.string(), z.unknown()).default({}),
  unit: z.string().default('rows'),
  severity: z.string().optional(),
  mustBe: z.unknown().optional(),
  mustBeGreaterThan: z.number().optional(),
  mustBeGreaterOrEqualTo: z.number().optional(),
  mustBeLessThan: z.number().optional(),
  mustBeLessOrEqualTo: z.number().optional(),
  mustBeBetween: z.tuple([z.number(), z.number()]).optional(),
})
type Quality = z.infer<typeof Quality>

const Property = z.looseObject({
  name: z.string(),
  logicalType: z.string().optional(),
  logicalTypeOptions: z
    .looseObject({
      minLength: z.number().optional(),
      maxLength: z.number().optional(),
      pattern: z.string().optional(),
      format: z.string().optional(),
      minimum: Limit.optional(),
      maximum: Limit.optional(),
      /** A limit, or before 3.1 whether the other one is. */
      exclusiveMinimum: z.union([Limit, z.boolean()]).optional(),
      exclusiveMaximum: z.union([Limit, z.boolean()]).optional(),
      multipleOf: z.number().optional(),
    })
    .default({}),
  required: z.boolean().default(false),
  unique: z.boolean().default(false),
  primaryKey: z.boolean().default(false),
  description: z.string().optional(),
  classification: z.string().optional(),
  relationships: z.array(z.looseObject({ to: z.unknown() })).default([]),
  quality: z.array(Quality).default([]),
})
type Property = z.infer<typeof Property>

const SchemaObject = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  properties: z.array(Property).default([]),
  relationships: z.array(z.unknown()).default([]),
  quality: z.array(Quality).default([]),
})

/** The form of a data contract of the Open Data Contract Standard, version 3. */
export const DataContract = z.looseObject({
  apiVersion: z.string().regex(/^v3\./, 'only version 3 of the standard is read'),
  kind: z.literal('DataContract'),
  schema: z.array(SchemaObject).min(1),
})
export type DataContract = z.infer<typeof DataContract>

/** Reads one table of a data contract. SQL in it is not run: it is told in the notes. */
export function readOdcs(object: DataContract['schema'][number]): ContractModel {
  const notes = new Notes()
  const reader = new Reader(notes)
  const columns = object.properties.map((property) => reader.column(property))
  for (const quality of object.quality) reader.ofTable(quality)
  for (const _ of object.relationships) notes.add('relationships', 'a relationship has no file here')
  return {
    name: object.name,
    description: object.description,
    columns,
    patterns: [],
    extra: 'allow',
    ordered: false,
    unique: reader.unique,
    references: [],
    rows: reader.rows,
    checks: reader.checks,
    notes: notes.all,
  }
}

const TYPES: Readonly<Record<string, ModelType>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  date: 'datetime',
  timestamp: 'datetime',
  time: 'string',
}
const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  uri: 'url',
  hostname: 'hostname',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  byte: 'base64',
}

class Reader {
  readonly checks: TableCheck[] = []
  readonly unique: UniqueKey[] = []
  rows: RowCount | undefined
  readonly #notes: Notes

  constructor(notes: Notes) {
    this.#notes = notes
  }

  column(property: Property): ColumnModel {
    const { name, logicalType, classification, description } = property
    const place = `schema.${name}`
    const type = logicalType === undefined ? 'any' : TYPES[logicalType]
    if (type === undefined) this.#notes.add(`${place}.logicalType`, `the type ${logicalType} is not looked at`)
    if (property.relationships.length > 0) this.#notes.add(`${place}.relationships`, 'a relationship has no file here')
    const found = property.quality.map((quality) => this.#ofColumn(quality, property))
    const missing = found.flatMap((one) => one.missing ?? [])
    const isUnique = property.unique || found.some((one) => one.unique)
    const isRequired = property.required || property.primaryKey || found.some((one) => one.required)
    return {
      name,
      type: type ?? 'any',
      nullable: !isRequired,
      optional: 'no',
      rules: [...this.#rules(property, type ?? 'any'), ...found.flatMap((one) => one.rules ?? [])],
      options: {
        ...(property.primaryKey ? { primaryKey: true } : {}),
        ...(isUnique ? { unique: true } : {}),
        ...(missing.length > 0 ? { missing } : {}),
        ...(description === undefined ? {} : { description }),
        ...(classification !== undefined && /pii|personal/i.test(classification) ? { pii: true } : {}),
      },
    }
  }

  #rules({ name, logicalType, logicalTypeOptions: options }: Property, type: ModelType): Rule[] {
    const place = `schema.${name}.logicalTypeOptions`
    const { minLength, maxLength, pattern, format, multipleOf } = options
    const rules: Rule[] = [...limits(options, 'min', type), ...limits(options, 'max', type)]
    if (logicalType === 'time') rules.push({ rule: 'format', format: 'time' })
    if (minLength !== undefined || maxLength !== undefined)
      rules.push({ rule: 'length', min: minLength, max: maxLength })
    if (multipleOf !== undefined) rules.push({ rule: 'multiple_of', value: multipleOf })
    if (format !== undefined && logicalType === 'string') {
      const form = FORMATS[format]
      if (form === undefined) this.#notes.add(`${place}.format`, `the form ${format} is not looked at`)
      else rules.push({ rule: 'format', format: form })
    } else if (format !== undefined && type === 'datetime' && !/^yyyy-MM-dd/i.test(format)) {
      this.#notes.add(`${place}.format`, `the form ${format} is not read: texts must be ISO 8601`)
    }
    if (pattern === undefined) return rules
    const compiled = patternOf(pattern)
    if (compiled === undefined) this.#notes.add(`${place}.pattern`, `${pattern} is no regular expression`)
    return compiled === undefined ? rules : [...rules, { rule: 'pattern', pattern: compiled }]
  }

  #ofColumn(
    quality: Quality,
    { name }: Property,
  ): { rules?: Rule[]; required?: boolean; unique?: boolean; missing?: string[] } {
    const place = `schema.${name}.quality`
    const metric = metricOf(quality)
    const isNone = quality.mustBe === 0 || quality.mustBeLessOrEqualTo === 0 || quality.mustBeLessThan === 1
    const none = isNone && !(quality.unit === 'percent' && quality.mustBeLessThan === 1)
    switch (metric) {
      case 'nullValues':
        if (none) return { required: true }
        break
      case 'missingValues':
        if (none) return { required: true, missing: texts(quality.arguments['missingValues']) }
        break
      case 'duplicateValues':
        if (none) return { unique: true }
        break
      case 'invalidValues': {
        const { validValues, pattern } = quality.arguments
        const compiled = typeof pattern === 'string' ? patternOf(pattern) : undefined
        const rules: Rule[] = [
          ...(Array.isArray(validValues) ? [{ rule: 'one_of', values: validValues as RuleValue[] } as const] : []),
          ...(compiled ? [{ rule: 'pattern', pattern: compiled } as const] : []),
        ]
        if (none && rules.length > 0) return { rules }
        break
      }
      case undefined:
        this.#unread(quality, place)
        return {}
      default:
    }
    const bounds = boundsOf(quality)
    if (metric === 'nullValues' && bounds) {
      const isShare = quality.unit === 'percent'
      const scaled = Object.fromEntries(
        Object.entries(bounds).map(([key, value]) => [key, isShare && typeof value === 'number' ? value / 100 : value]),
      )
      this.checks.push({ column: name, measure: isShare ? 'null_share' : 'nulls', ...scaled, ...severityOf(quality) })
    } else this.#notes.add(place, `${metric}: such a threshold is not looked at`)
    return {}
  }

  ofTable(quality: Quality): void {
    const metric = metricOf(quality)
    const names = texts(quality.arguments['properties'])
    const bounds = boundsOf(quality)
    if (metric === 'rowCount' && bounds) {
      const { min, max, exclusiveMin, exclusiveMax } = bounds
      this.rows = {
        ...(min === undefined ? {} : { min: exclusiveMin ? min + 1 : min }),
        ...(max === undefined ? {} : { max: exclusiveMax ? max - 1 : max }),
      }
    } else if (metric === 'duplicateValues' && quality.mustBe === 0 && names.length > 0) {
      this.unique.push({ columns: names, ...severityOf(quality) })
    } else this.#unread(quality, 'schema.quality')
  }

  /** Words for people ask for nothing. */
  #unread({ type, name, metric }: Quality, place: string): void {
    if (type === 'text') return
    const what = name ?? metric ?? type
    this.#notes.add(
      `${place}.${what}`,
      type === 'sql' ? 'SQL of a file is not run' : `a check of type ${type} is not looked at`,
    )
  }
}

function metricOf({ type, metric, rule }: Quality): string | undefined {
  const older: Readonly<Record<string, string>> = {
    nullCheck: 'nullValues',
    uniqueCheck: 'duplicateValues',
    duplicateCount: 'duplicateValues',
  }
  const name = metric ?? rule
  return type === 'library' && name !== undefined ? (older[name] ?? name) : undefined
}

function severityOf({ severity }: Quality): { severity?: 'warn' } {
  return severity !== undefined && /^(warn|info|low|minor)/i.test(severity) ? { severity: 'warn' } : {}
}

/** Both ends of a range are within, as the tool of the standard has it. */
function boundsOf(quality: Quality): Pick<MeasureCheck, 'min' | 'max' | 'exclusiveMin' | 'exclusiveMax'> | undefined {
  const { mustBe, mustBeBetween, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo } =
    quality
  if (mustBeBetween) return { min: mustBeBetween[0], max: mustBeBetween[1] }
  if (typeof mustBe === 'number') return { min: mustBe, max: mustBe }
  if (mustBeGreaterThan !== undefined) return { min: mustBeGreaterThan, exclusiveMin: true }
  if (mustBeGreaterOrEqualTo !== undefined) return { min: mustBeGreaterOrEqualTo }
  if (mustBeLessThan !== undefined) return { max: mustBeLessThan, exclusiveMax: true }
  return mustBeLessOrEqualTo === undefined ? undefined : { max: mustBeLessOrEqualTo }
}

function limits(options: Property['logicalTypeOptions'], side: 'min' | 'max', type: ModelType): Rule[] {
  const inclusive = side === 'min' ? options.minimum : options.maximum
  const other = side === 'min' ? options.exclusiveMinimum : options.exclusiveMaximum
  const limit = (value: string | number, exclusive: boolean): Rule => ({
    rule: side,
    value: type === 'datetime' ? new Date(value) : Number(value),
    ...(exclusive ? { exclusive } : {}),
  })
  return [
    ...(inclusive === undefined ? [] : [limit(inclusive, other === true)]),
    ...(other === undefined || typeof other === 'boolean' ? [] : [limit(other, true)]),
  ]
}

/** Patterns of the standard are those of ECMA-262. */
function patternOf(source: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags)
    } catch {
      // Older patterns escape what need not be.
    }
  }
  return undefined
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).map(String).filter((text) => text !== '') : []
}

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
  const name = model.name ?? 'dataset'
  for (const { name: pattern } of model.patterns) {
    notes.add(`patterns.${String(pattern.pattern)}`, 'the standard has no columns by pattern')
  }
  if (model.extra !== 'allow') notes.add('extra', 'the standard says nothing of other columns')
  if (model.ordered) notes.add('ordered', 'the standard has no order of columns')
  for (const { columns } of model.references) notes.add(`references.${columns.join('+')}`, 'is not written')
  const ofTable = model.checks.flatMap((check) => {
    if (!isRowCheck(check)) return []
    if (check.mostly !== undefined) notes.add(`checks.${check.name ?? check.that.text}`, 'all rows must pass')
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
  if (options.missing && options.missing.length > 0) notes.add(`${place}.missing`, 'is not written')
  if (options.forbidden) {
    const list = options.forbidden.map((value) =>
      typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : value,
    )
    const query = `SELECT count(*) FROM {object} WHERE ${ident(name).text} IN (${list.join(', ')})`
    quality.push({ type: 'sql', query, mustBe: 0 })
  }
  for (const check of model.checks) {
    if (isRowCheck(check) || check.column !== name) continue
    if (isMeasureCheck(check) && check.measure === 'null_share' && check.max !== undefined && check.min === undefined) {
      const bound = check.exclusiveMax ? 'mustBeLessThan' : 'mustBeLessOrEqualTo'
      quality.push({ type: 'library', metric: 'nullValues', unit: 'percent', [bound]: check.max * 100 })
    } else notes.add(`checks.${name}`, 'measures are not written')
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
      return rule.pattern.flags.includes('i') ? undefined : { pattern: rule.pattern.source }
    default:
      return type === 'string' ? { pattern: literalPattern(rule.rule, rule.text) } : undefined
  }
}

function literalPattern(rule: 'starts_with' | 'ends_with' | 'includes', text: string): string {
  const escaped = text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, String.raw`\$&`)
  return rule === 'starts_with' ? `^${escaped}` : rule === 'ends_with' ? `${escaped}$` : escaped
}

function limitValue(value: RuleValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'bigint' ? Number(value) : value
}
