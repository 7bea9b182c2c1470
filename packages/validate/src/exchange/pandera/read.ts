import { ident, sql } from '@dayshift/core'

import { tellFailure } from '../mistake.ts'
import type { ColumnModel, ContractModel, ModelType, PatternModel, Rule, RuleValue, ModelCheck } from '../model.ts'
import type { Notes } from '../notes.ts'
import { tellTwins } from '../column-names.ts'
import { pythonRule } from '../python/python-rule.ts'
import { checksOf, checksOfColumn, listArgument, onlyArgument, type WrittenCheck } from './checks.ts'
import { knownDtype } from './dtypes.ts'
import type { PanderaColumn, PanderaSchema } from './form.ts'
import { plainValues, rulesOfCheck, valueOf } from './rules.ts'

/** Reads a schema file of Pandera: of pandas, polars, ibis and Spark, with checks in any of the three dialects. */
export function readPandera(document: PanderaSchema, notes: Notes): ContractModel {
  const reader = new Reader(document, notes)
  const columns: ColumnModel[] = []
  const patterns: PatternModel[] = []
  const levels = indexColumns(document, notes)
  if (document.ordered && levels.length > 0) notes.add('ordered', 'an index has no place among the columns of a file')
  const named = columnsOf(document)
  const names = named.map(([name]) => name)
  tellTwins(names, 'columns', notes)
  tellTwins([...new Set(names), ...levels.map(([name]) => name)], 'index', notes)
  tellUnread(document, notes)
  for (const [name, column] of [...named, ...levels]) {
    const model = reader.column(name, column)
    if (!column.regex) columns.push(model)
    else patterns.push(...patternColumn(name, model, notes))
  }
  for (const { name } of checksOf(document.checks)) {
    notes.add(`checks.${name}`, 'a check of the whole table is code of Python, or has no columns')
  }
  const { name, title, description, strict, ordered } = document
  return {
    name: name ?? title ?? undefined,
    description: description ?? (name ? title : undefined) ?? undefined,
    columns,
    patterns,
    extra: strict === true ? 'forbid' : strict === 'filter' ? 'strip' : 'allow',
    ordered: ordered === true && levels.length === 0,
    unique: keysOf(document.unique).map((key) => ({ columns: key })),
    references: [],
    checks: reader.checks,
    notes: notes.all,
  }
}

/** Keys of a schema that are read, or that say nothing of data. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'schema_type version api dataframe_library backend columns checks index dtype coerce strict name title description ' +
    'ordered unique report_duplicates unique_column_names add_missing_columns drop_invalid_rows metadata parsers'
  ).split(' '),
)

/** Tells of what stands beside the columns and is not looked at. */
function tellUnread(document: PanderaSchema, notes: Notes): void {
  if (document.drop_invalid_rows) notes.add('drop_invalid_rows', 'rows are left out by --good')
  if (document['unique_column_names'] === true) {
    notes.add('unique_column_names', 'that no two columns of the file have one name is not looked at')
  }
  if (isGiven(document['parsers'])) notes.add('parsers', PARSERS)
  for (const [key, value] of Object.entries(document)) {
    if (KNOWN.has(key) || value === null || value === undefined) continue
    notes.add(key, 'is a check of the whole table, or no word of Pandera: it is not looked at')
  }
}

const PARSERS = 'values are checked as they are, not as code of Python makes them'

function isGiven(value: unknown): boolean {
  if (value === null || value === undefined) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** A column for many names. One that need not be there has no pattern that must match. */
function patternColumn(name: string, column: ColumnModel, notes: Notes): PatternModel[] {
  try {
    return [{ name: pythonRule(name, 'match'), column, required: column.optional === 'no' }]
  } catch (error) {
    tellFailure(error, `columns.${name}`, notes)
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
  readonly checks: ModelCheck[] = []
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
    if (isGiven(column['parsers'])) this.#notes.add(`${place}.parsers`, PARSERS)
    if (column['drop_invalid_rows'] === true) {
      this.#notes.add(`${place}.drop_invalid_rows`, 'rows are left out by --good')
    }
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
      tellFailure(error, place, this.#notes)
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
