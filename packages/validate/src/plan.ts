import { ident, nearest, type Column, type Frame, type TableSchema, type TextTable } from '@dayshift/core'
import { acceptSql } from './guards/accept.ts'
import { cellForm } from './bytes/form.ts'
import { columnsOf, refinesRows, schemaOfOthers } from './checks/object.ts'
import { rulesOf, type ColumnRules } from './checks/rules.ts'
import type { CheckSeverity, ColumnOptions } from './column.ts'
import type { Contract } from './contract.ts'
import { judgeOf } from './judge/judge.ts'
import { obstacleOf } from './obstacle.ts'
import { withPatternColumns } from './pattern-columns.ts'
import type { PlannedColumn } from './planned-column.ts'
import { planTable, type PlannedTableCheck } from './table/plan.ts'

/** A check that names and types alone answer. */
export interface MetadataCheck {
  readonly id: string
  readonly column: string
  /** Default: `error`. */
  readonly severity?: CheckSeverity | undefined
  readonly check: 'column_present' | 'no_extra_column' | 'column_order' | 'physical_type'
  readonly message?: string
  readonly hint?: string
}

/** A contract's checks, ready to run: plain data that can be printed. */
export interface CheckPlan {
  /** What is checked, with the columns by name that its patterns match. */
  readonly contract: Contract
  readonly columns: readonly PlannedColumn[]
  readonly metadata: readonly MetadataCheck[]
  /** Checks of rows by SQL, of keys, and of what is measured over all rows. */
  readonly table: readonly PlannedTableCheck[]
  /** Whether rows are judged whole, because the contract has refinements of rows. */
  readonly wholeRows: boolean
}

/**
 * Plans how a contract is checked against data with this schema. Reads no data.
 *
 * @param regular whether bytes tell the cells of a text table
 */
export function planChecks(general: Contract, frame: Frame, schema: TableSchema, regular = true): CheckPlan {
  const contract = withPatternColumns(general, schema)
  const wholeRows = refinesRows(contract.columns)
  const rules = columnsOf(contract.columns).map(([name, column]) => rulesOf(name, column))
  const names = schema.columns.map(({ name }) => name)
  const others = schemaOfOthers(contract.columns)
  if (others) {
    const named = new Set(rules.map(({ column }) => column))
    rules.push(...names.filter((name) => !named.has(name)).map((name) => rulesOf(name, others)))
  }
  const irregular = regular ? undefined : irregularity(frame, names)
  const columns: PlannedColumn[] = []
  const metadata: MetadataCheck[] = []
  for (const rule of rules) {
    const column = schema.columns.find(({ name }) => name === rule.column)
    if (column)
      columns.push(
        planColumn(
          rule,
          column,
          { text: frame.text, objects: frame.objects !== undefined, irregular, wholeRows },
          contract,
        ),
      )
    if (column ?? !rule.optional) metadata.push(presence(rule.column, column !== undefined, names, frame.text))
    const options = contract.options[rule.column]
    if (column && options?.physicalType !== undefined && !frame.text) metadata.push(physicalType(column, options))
  }
  for (const { name, required } of contract.patterns) {
    if (required !== false) metadata.push(match(name, names))
  }
  if (contract.extra === 'forbid') {
    const named = new Set(rules.map(({ column }) => column))
    for (const name of names.filter((have) => !named.has(have))) metadata.push(extra(name))
  }
  if (contract.ordered) metadata.push(order(columns, names))
  return { contract, columns, metadata, table: planTable(contract, frame, schema, columns), wholeRows }
}

/** Why bytes do not tell the cells of a text table. */
function irregularity({ files }: Frame, names: readonly string[]): string {
  if (files.some((file) => /\.(gz|zst)$/i.test(file))) return 'the file is compressed'
  if (names.length < 2) return 'an empty line is a row where there is one column only'
  return 'the bytes of such a file do not tell its cells (escapes, comments, skipped lines, another encoding)'
}

/** How the rows are that columns are planned for. */
interface Rows {
  readonly text: TextTable | undefined
  readonly objects: boolean
  /** Why bytes do not tell the cells; nothing where they do. */
  readonly irregular: string | undefined
  readonly wholeRows: boolean
}

function planColumn(
  rules: ColumnRules,
  { nativeType, type }: Column,
  { text, objects: fromObjects, irregular, wholeRows }: Rows,
  { options, missing }: Contract,
): PlannedColumn {
  const own = options[rules.column]
  const isText = text !== undefined
  // Where the reader was told of some, the usual ones are none to it.
  const markers = own?.missing ?? missing ?? (text?.nullsDeclared ? [] : undefined)
  const engineNumber = type === 'integer' || type === 'float'
  // A cell of a text table is a number as JavaScript reads it, whatever the engine made of its column.
  const exactIntegers = (type === 'integer' || /^DECIMAL\(\d+,\s*0\)$/.test(nativeType)) && !isText && !fromObjects
  const common = {
    rules,
    name: rules.column,
    fromObjects,
    exactIntegers,
    dateOnly: type === 'date' && !fromObjects,
    decimal: type === 'decimal',
    groupBy: groupsOf(ident(rules.column).text, isText ? 'VARCHAR' : nativeType),
    missing: markers,
    hidden: own?.pii ?? false,
  }
  // Text tables are read as text, so that a schema sees the cell; what the engine took for numbers already are numbers.
  const fromText = isText || (own?.coerce === true && (fromObjects || type === 'string'))
  const whole = {
    ...common,
    runAs: 'rows',
    fromText,
    why: 'the contract refines whole rows, which Zod judges one by one',
  } as const
  if (fromObjects) {
    const byValue = {
      ...common,
      runAs: 'objects',
      fromText,
      why: 'objects of JSON are parsed, Zod judges each value',
    } as const
    return ofObjects(wholeRows ? whole : byValue)
  }
  if (wholeRows) return whole
  const nulls = text?.layout.nulls.filter((marker) => marker !== '') ?? []
  const missingTexts = [...nulls, ...(markers ?? [])]
  const formOf = (some: ColumnRules, none: readonly string[]): ReturnType<typeof cellForm> =>
    cellForm(some, { quote: text?.layout.quote ?? '"', missing: none })
  const form = text && irregular === undefined ? formOf(rules, missingTexts) : undefined
  if (form) {
    return { ...common, runAs: 'bytes', fromText, form, why: 'bytes that Zod surely accepts pass, Zod judges the rest' }
  }
  if (rules.numeric && engineNumber && !isText) {
    return { ...common, runAs: 'sql', fromText: false, why: `${nativeType} against bounds: SQL and Zod say the same` }
  }
  const acceptOf = (some: ColumnRules): string | undefined => {
    const facts = { fromText, type: isText ? 'string' : type, missing: common.missing }
    return acceptSql(some, facts, ident(some.column).text)
  }
  const accept = acceptOf(rules)
  if (accept !== undefined) {
    const byBytes = (): string => {
      if (irregular !== undefined) return irregular
      const obstacle = obstacleOf(rules, (some) => formOf(some, []) !== undefined)
      if (obstacle !== undefined) return obstacle
      return formOf(rules, [])
        ? 'what means "no value" looks like one'
        : 'its checks together are too many for one walk'
    }
    const why = 'what SQL surely accepts passes, Zod judges the rest'
    return { ...common, runAs: 'guarded', fromText, accept, why: isText ? `${why}; not by bytes: ${byBytes()}` : why }
  }
  const obstacle = rules.numeric ? undefined : obstacleOf(rules, (some) => acceptOf(some) !== undefined)
  const why = `Zod judges each different value once: ${obstacle ?? `the column is ${isText ? 'text' : nativeType}`}`
  return { ...common, runAs: 'distinct', fromText, why }
}

/** A column of JSON objects, which tell `null` from a key that is not there: a schema may take the one and not the other. */
function ofObjects(column: PlannedColumn): PlannedColumn {
  const { rules } = column
  if (rules.checks.includes('not_null') || !refusesMissing(column)) return column
  return { ...column, rules: { ...rules, checks: ['not_null', ...rules.checks] } }
}

function refusesMissing(column: PlannedColumn): boolean {
  const judge = judgeOf(column)
  try {
    return [null, undefined].some((missing) => judge.breaks(missing).includes('not_null'))
  } catch {
    // Its own code does not bear one of them, which the run tells with the place.
    return true
  }
}

/** To the engine 0 and −0 are one value. */
function groupsOf(value: string, nativeType: string): string {
  if (!/DOUBLE|FLOAT/.test(nativeType)) return value
  const isNumber = nativeType === 'DOUBLE' || nativeType === 'FLOAT'
  return `${value}, ${isNumber ? `signbit(${value})` : `CAST(${value} AS VARCHAR)`}`
}

const TABLE_REASONS: Readonly<Record<PlannedTableCheck['as'], string>> = {
  refine: 'code judges each row, with all others in one pass',
  condition: 'a condition in SQL, counted with all others in one pass',
  key: 'equal values are looked for among all rows',
  reference: 'rows without a partner are looked for',
  measure: 'measured with all others in one pass',
  values: 'the different values are looked at',
  row_count: 'counted already',
}

function presence(
  column: string,
  present: boolean,
  names: readonly string[],
  text: TextTable | undefined,
): MetadataCheck {
  const check = { id: `${column}: column_present`, column, check: 'column_present' } as const
  if (present) return check
  const renamed = text?.renamed.find(({ written }) => written === column)
  if (renamed) {
    return {
      ...check,
      message: `the header has '${column}', which another column is called too, case aside: here it is '${renamed.name}'`,
      hint: `Give each column a name of its own in the file, or call it '${renamed.name}' in the contract.`,
    }
  }
  const near = nearest(column, names)
  return {
    ...check,
    message: `the data has no column '${column}'`,
    hint: near === undefined ? `Columns: ${names.join(', ')}` : `Did you mean '${near}'? Columns: ${names.join(', ')}`,
  }
}

function match(pattern: RegExp, names: readonly string[]): MetadataCheck {
  const column = String(pattern)
  const check = { id: `${column}: column_present`, column, check: 'column_present' } as const
  return names.some((name) => pattern.test(name))
    ? check
    : { ...check, message: `the data has no column like ${column}`, hint: `Columns: ${names.join(', ')}` }
}

function physicalType(
  { name, type, nativeType }: Column,
  { physicalType: wanted = '', severity }: ColumnOptions,
): MetadataCheck {
  const check = { id: `${name}: physical_type`, column: name, check: 'physical_type', severity } as const
  if (wanted === type || wanted === nativeType) return check
  return {
    ...check,
    message: `the column '${name}' is stored as ${nativeType}, not as ${wanted}`,
    hint: 'Write the data with that type, or take physicalType out of the contract.',
  }
}

function extra(column: string): MetadataCheck {
  return {
    id: `${column}: no_extra_column`,
    column,
    check: 'no_extra_column',
    message: `the contract does not name the column '${column}', and forbids others`,
    hint: 'Add it to the contract, or let other columns pass.',
  }
}

function order(columns: readonly PlannedColumn[], names: readonly string[]): MetadataCheck {
  const wanted = columns.map(({ name }) => name)
  const have = names.filter((name) => wanted.includes(name))
  const at = wanted.findIndex((name, index) => name !== have[index])
  const check = { id: 'columns: column_order', column: wanted[Math.max(0, at)] ?? '', check: 'column_order' } as const
  if (at < 0) return check
  return {
    ...check,
    message: `the columns stand in another order: '${have[at]}' where the contract has '${wanted[at]}'`,
    hint: `The contract's order: ${wanted.join(', ')}.`,
  }
}

const METADATA_REASON = 'names and types tell'

/** A plan as lines for a person: each column, how it runs, and why. */
export function explainPlan(plan: CheckPlan): string[] {
  const told = plan.metadata.filter(({ message }) => message !== undefined)
  // A line for each kind: what holds already needs no line of its own.
  const kinds = [...new Set(plan.metadata.map(({ check }) => check))]
  const names = kinds.flatMap((kind) => {
    const holding = plan.metadata.filter(({ check, message }) => check === kind && message === undefined)
    const list = kind === 'column_order' ? [] : holding.map(({ column }) => column)
    return holding.length === 0
      ? []
      : [['columns', 'metadata', [kind, list.join(', ')].filter(Boolean).join(': '), METADATA_REASON]]
  })
  const lines = [
    ...names,
    ...told.map(({ column, check, message }) => [
      column,
      'metadata',
      check,
      `${METADATA_REASON}; it fails: ${message}`,
    ]),
    ...plan.columns.map(({ name, runAs, rules, why }) => [name, runAs, rules.checks.join(', ') || 'nothing', why]),
    ...plan.table.map((check) => [
      check.column ?? 'rows',
      check.as === 'refine' ? 'rows' : 'sql',
      check.check,
      TABLE_REASONS[check.as],
    ]),
  ]
  const width = Math.max(0, ...lines.map(([name]) => name?.length ?? 0))
  return lines.map(
    ([name = '', runAs = '', checks, why]) => `${name.padEnd(width)}  ${runAs.padEnd(8)}  ${checks}  (${why})`,
  )
}
