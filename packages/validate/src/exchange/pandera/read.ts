import { ident, messageOf, sql } from '@dayshift/core'
import type { TableCheck } from '../../table-check.ts'
import type { ColumnModel, ContractModel, ModelType, PatternModel, Rule, RuleValue } from '../model.ts'
import { Notes } from '../notes.ts'
import { checksOf, checksOfColumn, listArgument, onlyArgument, type WrittenCheck } from './checks.ts'
import { knownDtype } from './dtypes.ts'
import type { PanderaColumn, PanderaSchema } from './form.ts'
import { patternRule, plainValues, rulesOfCheck, valueOf } from './rules.ts'

/** Reads a schema file of Pandera: of pandas, polars, ibis and Spark, with checks in any of the three dialects. */
export function readPandera(document: PanderaSchema): ContractModel {
  const notes = new Notes()
  const reader = new Reader(document, notes)
  const columns: ColumnModel[] = []
  const patterns: PatternModel[] = []
  const levels = indexColumns(document, notes)
  if (document.ordered && levels.length > 0) notes.add('ordered', 'an index has no place among the columns of a file')
  for (const [name, column] of [...columnsOf(document), ...levels]) {
    const model = reader.column(name, column)
    if (!column.regex) columns.push(model)
    else patterns.push(...patternColumn(name, model, notes))
  }
  for (const { name } of checksOf(document.checks)) {
    notes.add(`checks.${name}`, 'a check of the whole table is code of Python, or has no columns')
  }
  if (document.drop_invalid_rows) notes.add('drop_invalid_rows', 'rows are left out by --good')
  const { name, title, description, strict, ordered } = document
  return {
    name: name ?? title ?? undefined,
    description: description ?? (name ? title : undefined) ?? undefined,
    columns,
    patterns,
    extra: strict === true ? 'forbid' : strict === 'filter' ? 'strip' : 'allow',
    ordered: ordered === true && levels.length === 0,
    unique: keysOf(document.unique).map((names) => ({ columns: names })),
    references: [],
    checks: reader.checks,
    notes: notes.all,
  }
}

/** A column for many names. One that need not be there has no pattern that must match. */
function patternColumn(name: string, column: ColumnModel, notes: Notes): PatternModel[] {
  try {
    return [{ name: patternRule(name, 'match'), column, required: column.optional === 'no' }]
  } catch (error) {
    notes.add(`columns.${name}`, messageOf(error))
    return []
  }
}

function columnsOf({ columns }: PanderaSchema): [name: string, column: PanderaColumn][] {
  if (Array.isArray(columns)) return columns.map(({ name, ...column }) => [String(name), column])
  return Object.entries(columns ?? {}).map(([name, column]) => [name, column ?? { default: undefined }])
}

/** An index that has a name is a column in every file. */
function indexColumns({ index }: PanderaSchema, notes: Notes): [name: string, column: PanderaColumn][] {
  return (index ?? []).flatMap((level): [string, PanderaColumn][] => {
    const { name, ...column } = level
    if (name !== null && name !== undefined) return [[name, column]]
    if (checksOfColumn(level).length > 0 || level.unique) notes.add('index', 'an index without a name is no column')
    return []
  })
}

function keysOf(unique: PanderaSchema['unique']): string[][] {
  if (!unique) return []
  if (typeof unique === 'string') return [[unique]]
  const lists = unique.filter((item) => Array.isArray(item))
  return lists.length > 0 ? lists : unique.length === 0 ? [] : [unique as string[]]
}

class Reader {
  /** Checks that are not of single values, or whose failures are warnings. */
  readonly checks: TableCheck[] = []
  readonly #document: PanderaSchema
  readonly #notes: Notes

  constructor(document: PanderaSchema, notes: Notes) {
    this.#document = document
    this.#notes = notes
  }

  column(name: string, column: PanderaColumn): ColumnModel {
    const place = `columns.${name}`
    const dtype = this.#document.dtype ?? column.dtype ?? undefined
    const known = dtype === undefined ? undefined : knownDtype(dtype, this.#document.schema_type)
    if (dtype !== undefined && !known) this.#notes.add(`${place}.dtype`, `the type ${dtype} is not looked at`)
    const written = checksOfColumn(column)
    // Of durations, lists and their like nothing is known, whatever their checks are about.
    const type = dtype !== undefined && !known ? 'any' : typeOf(known?.type, written)
    const coerced = this.#document.coerce === true || column.coerce === true
    if (coerced && (type === 'string' || type === 'boolean')) {
      this.#notes.add(`${place}.coerce`, `values that are stored as something else are not made ${type}s`)
    }
    const model: ColumnModel = {
      name,
      type,
      nullable: column.nullable ?? false,
      optional:
        column.required === false || (this.#document.add_missing_columns === true && isAddable(column))
          ? 'column'
          : 'no',
      ...(hasDefault(column) ? { fallback: valueOf(column.default, type) } : {}),
      rules: known?.rules ?? [],
      options: {},
    }
    const checkable = dtype === undefined || known !== undefined
    const read = checkable ? written.map((check) => this.#check(check, model)) : []
    if (!checkable) for (const check of written) this.#notes.add(`${place}.${check.name}`, 'the type is not known')
    const forbidden = read.flatMap((one) => one.forbidden ?? [])
    const { description, title, unique } = column
    return {
      ...model,
      nullable: model.nullable && !read.some(({ missingFails }) => missingFails),
      rules: [...model.rules, ...read.flatMap(({ rules }) => rules ?? [])],
      options: {
        ...(unique ? { unique } : {}),
        ...(forbidden.length > 0 ? { forbidden } : {}),
        ...(known?.physicalType !== undefined && !coerced ? { physicalType: known.physicalType } : {}),
        ...(coerced && COERCED.has(type) ? { coerce: true } : {}),
        ...((description ?? title) ? { description: description ?? title ?? '' } : {}),
      },
    }
  }

  #check(
    check: WrittenCheck,
    column: ColumnModel,
  ): { rules?: Rule[]; forbidden?: (string | number | boolean)[]; missingFails?: boolean } {
    const place = `columns.${column.name}.${check.name}`
    const { warns, missingFails } = check.options
    if (check.name === 'unique_values_eq') {
      const equals = plainValues(listArgument(check, 'values'))
      this.checks.push({ column: column.name, equals, ...(warns ? { severity: 'warn' } : {}) })
      return {}
    }
    if (check.name === 'notin' || check.name === 'not_equal_to' || check.name === 'ne') {
      const forbidden = plainValues(
        check.name === 'notin' ? listArgument(check, 'forbidden_values') : [onlyArgument(check, 'value') as RuleValue],
      )
      if (!warns) return { forbidden }
      const that = sql`${ident(column.name)} NOT IN (${forbidden})`
      this.checks.push({ that, severity: 'warn', name: `${column.name}: ${check.name}` })
      return {}
    }
    let rules: Rule[]
    try {
      rules = rulesOfCheck(check, column.type)
    } catch (error) {
      this.#notes.add(place, messageOf(error))
      return {}
    }
    if (rules.length === 0) this.#notes.add(place, 'no check that Pandera has built in')
    return { rules: warns ? rules.map((rule) => ({ ...rule, warns })) : rules, missingFails: missingFails && !warns }
  }
}

/** What texts may be read as. */
const COERCED: ReadonlySet<ModelType> = new Set(['integer', 'number', 'datetime'])

/** Whether Pandera can make the column up: of its default, or of nothing. */
function isAddable(column: PanderaColumn): boolean {
  return hasDefault(column) || column.nullable === true
}

function hasDefault(column: PanderaColumn): boolean {
  return column.default !== undefined && column.default !== null
}

/** A column without a dtype, or of objects, is what its checks are about. */
function typeOf(known: ModelType | undefined, checks: readonly WrittenCheck[]): ModelType {
  if (known !== undefined && known !== 'any') return known
  if (checks.some(({ name }) => name.startsWith('str_'))) return 'string'
  const bounds = checks.flatMap((check) =>
    /^(greater|less|in_range|gt|ge|lt|le|between)/.test(check.name) ? Object.values(check.args) : [],
  )
  if (bounds.some((bound) => typeof bound === 'string')) return 'string'
  return bounds.some((bound) => typeof bound === 'number') ? 'number' : 'any'
}
