import type { MeasureCheck, RowCount, TableCheck, UniqueKey } from '../../table-check.ts'
import type { ColumnModel, ContractModel, ModelType, Rule, RuleValue } from '../model.ts'
import { Notes } from '../notes.ts'
import { FORMATS, type DataContract, type Property, type Quality } from './form.ts'

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
