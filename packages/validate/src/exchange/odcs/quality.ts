import { ecmaPattern } from '../ecma-pattern.ts'
import type { Rule, RuleValue } from '../model.ts'
import type { Notes } from '../notes.ts'
import type { MeasureCheck, RowCount, UniqueKey } from '../../table-check.ts'
import type { ModelCheck } from '../model.ts'
import type { Quality } from './form.ts'

/** What a check of quality asks of the column that it stands in. */
export interface ColumnQuality {
  readonly rules?: readonly Rule[]
  readonly required?: boolean
  readonly unique?: boolean
  readonly missing?: readonly string[]
}

/** Reads checks of quality, and gathers those that are of the table. */
export class QualityReader {
  readonly checks: ModelCheck[] = []
  readonly unique: UniqueKey[] = []
  rows: RowCount | undefined
  readonly #notes: Notes

  constructor(notes: Notes) {
    this.#notes = notes
  }

  ofColumn(quality: Quality, name: string): ColumnQuality {
    const place = `schema.${name}.quality`
    const metric = metricOf(quality)
    if (metric === undefined) {
      this.#unread(quality, place)
      return {}
    }
    const read = this.#read(quality, metric, name)
    if (read === undefined) this.#notes.add(`${place}.${quality.name ?? metric}`, 'such a threshold is not looked at')
    return read ?? {}
  }

  #read(quality: Quality, metric: string, name: string): ColumnQuality | undefined {
    const { severity } = severityOf(quality)
    const isNone = asksForNone(quality)
    switch (metric) {
      case 'nullValues':
        return this.#missing(quality, name)
      case 'missingValues': {
        const found = this.#missing(quality, name)
        const listed = quality.arguments['missingValues']
        return found && { ...found, missing: texts(listed) }
      }
      case 'duplicateValues':
        if (!isNone) return undefined
        if (severity === undefined) return { unique: true }
        this.unique.push({ columns: [name], severity })
        return {}
      case 'invalidValues': {
        const rules = this.#validValues(quality, name)
        if (!isNone || rules.length === 0) return undefined
        return { rules: severity === undefined ? rules : rules.map((rule) => ({ ...rule, warns: true })) }
      }
      default:
        return undefined
    }
  }

  /** How many values may be missing: none, so many, or such a share. */
  #missing(quality: Quality, name: string): ColumnQuality | undefined {
    const severity = severityOf(quality)
    if (asksForNone(quality) && severity.severity === undefined) return { required: true }
    const bounds = boundsOf(quality)
    if (bounds === undefined) return undefined
    const isShare = quality.unit === 'percent'
    const scaled = Object.fromEntries(
      Object.entries(bounds).map(([key, value]) => [key, isShare && typeof value === 'number' ? value / 100 : value]),
    )
    this.checks.push({ column: name, measure: isShare ? 'null_share' : 'nulls', ...scaled, ...severity })
    return {}
  }

  #validValues({ arguments: given, name: title }: Quality, name: string): Rule[] {
    const place = `schema.${name}.quality.${title ?? 'invalidValues'}`
    const { validValues, pattern, ...others } = given
    for (const key of Object.keys(others)) this.#notes.add(`${place}.${key}`, 'is not looked at')
    const compiled = typeof pattern === 'string' ? ecmaPattern(pattern, `${place}.pattern`, this.#notes) : undefined
    const values = Array.isArray(validValues) ? (validValues as unknown[]).filter((value) => value !== null) : undefined
    return [
      ...(values ? [{ rule: 'one_of', values: values as RuleValue[] } as const] : []),
      ...(compiled ? [{ rule: 'pattern', pattern: compiled } as const] : []),
    ]
  }

  ofTable(quality: Quality): void {
    const metric = metricOf(quality)
    const names = texts(quality.arguments['properties'])
    const bounds = boundsOf(quality)
    if (metric === 'rowCount' && bounds) this.#rowCount(quality, bounds)
    else if (metric === 'duplicateValues' && asksForNone(quality) && names.length > 0) {
      this.unique.push({ columns: names, ...severityOf(quality) })
    } else this.#unread(quality, 'schema.quality')
  }

  /** Several numbers of rows hold together. */
  #rowCount(quality: Quality, { min, max, exclusiveMin, exclusiveMax }: Bounds): void {
    if (severityOf(quality).severity === 'warn') {
      this.#notes.add(`schema.quality.${quality.name ?? 'rowCount'}`, 'its warnings are errors here')
    }
    const least = min === undefined ? undefined : exclusiveMin ? Math.floor(min) + 1 : Math.ceil(min)
    const most = max === undefined ? undefined : exclusiveMax ? Math.ceil(max) - 1 : Math.floor(max)
    const mins = [this.rows?.min, least].filter((one) => one !== undefined)
    const maxes = [this.rows?.max, most].filter((one) => one !== undefined)
    this.rows = {
      ...(mins.length > 0 ? { min: Math.max(...mins) } : {}),
      ...(maxes.length > 0 ? { max: Math.min(...maxes) } : {}),
    }
  }

  /** Words for people ask for nothing. */
  #unread({ type, name, metric, rule }: Quality, place: string): void {
    if (type === 'text') return
    const what = name ?? metric ?? rule ?? type
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

/** Whether no row may be what the metric counts. */
function asksForNone(quality: Quality): boolean {
  if (quality.mustBe === 0 || quality.mustBeLessOrEqualTo === 0) return true
  return quality.mustBeLessThan === 1 && quality.unit !== 'percent'
}

function severityOf({ severity }: Quality): { severity?: 'warn' } {
  return severity !== undefined && /^(warn|info|low|minor)/i.test(severity) ? { severity: 'warn' } : {}
}

type Bounds = Pick<MeasureCheck, 'min' | 'max' | 'exclusiveMin' | 'exclusiveMax'>

/** Bounds that hold together, both ends of a range within, as the tool of the standard has it; nothing where others stand there. */
function boundsOf(quality: Quality): Bounds | undefined {
  const { mustBe, mustBeBetween, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo } =
    quality
  const isOther = 'mustNotBe' in quality || 'mustNotBeBetween' in quality
  const ends = [
    ...(typeof mustBe === 'number' ? [[mustBe, mustBe] as const] : []),
    ...(mustBeBetween ? [mustBeBetween] : []),
  ]
  const lows = [
    ...ends.map(([min]) => ({ min })),
    ...(mustBeGreaterOrEqualTo === undefined ? [] : [{ min: mustBeGreaterOrEqualTo }]),
    ...(mustBeGreaterThan === undefined ? [] : [{ min: mustBeGreaterThan, exclusiveMin: true }]),
  ].toSorted((one, other) => other.min - one.min || Number('exclusiveMin' in other) - Number('exclusiveMin' in one))
  const highs = [
    ...ends.map(([, max]) => ({ max })),
    ...(mustBeLessOrEqualTo === undefined ? [] : [{ max: mustBeLessOrEqualTo }]),
    ...(mustBeLessThan === undefined ? [] : [{ max: mustBeLessThan, exclusiveMax: true }]),
  ].toSorted((one, other) => one.max - other.max || Number('exclusiveMax' in other) - Number('exclusiveMax' in one))
  const isUnread = mustBe !== undefined && typeof mustBe !== 'number'
  return isOther || isUnread || (lows.length === 0 && highs.length === 0) ? undefined : { ...lows[0], ...highs[0] }
}

/** What a list has as texts. That null is missing goes without saying. */
function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return (value as unknown[]).flatMap((item) =>
    item === '' ? [] : typeof item === 'string' || typeof item === 'number' ? [String(item)] : [],
  )
}
