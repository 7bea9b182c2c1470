import { isNumeric, resolveNames, type Column, type Finding, type TableSchema } from '@dayshift/core'
import { failure } from './codes.ts'

/** Which columns a drift comparison looks at, and what the schemas alone tell. Plain data; no row was read. */
export interface DriftPlan {
  /** Columns of numbers that both sides have, as the current side types them, in its order. */
  readonly columns: readonly Column[]
  readonly findings: readonly Finding[]
}

/**
 * Plans a drift comparison from the two sides' schemas. Columns pair by name.
 *
 * @param wanted compare these only; default: every column of numbers that both sides have
 * @throws DS_COLUMN_UNKNOWN where a side has no column that is named
 * @throws DS_DRIFT_COLUMN where a column that is named does not hold numbers
 */
export function planDrift(reference: TableSchema, current: TableSchema, wanted?: readonly string[]): DriftPlan {
  if (wanted) return { columns: namedColumns(reference, current, wanted), findings: [] }
  const before = new Map(reference.columns.map((column) => [column.name, column]))
  const columns: Column[] = []
  const findings: Finding[] = []
  const others: string[] = []
  for (const column of current.columns) {
    const old = before.get(column.name)
    before.delete(column.name)
    if (!old) findings.push(newColumn(column))
    else if (isNumeric(old) !== isNumeric(column)) findings.push(typeChanged(old, column))
    else if (isNumeric(column)) columns.push(column)
    else others.push(column.name)
  }
  for (const column of before.values()) findings.push(missingColumn(column))
  if (others.length > 0) findings.push(notCompared(others))
  return { columns, findings }
}

function namedColumns(reference: TableSchema, current: TableSchema, wanted: readonly string[]): Column[] {
  const found = [...new Set(resolveNames(wanted, namesOf(current), 'drift, current side'))]
  const before = namesOf(reference)
  const unknown = found.filter((name) => !before.includes(name))
  if (unknown.length > 0) {
    throw failure('DS_COLUMN_UNKNOWN', `drift, reference side: there is no column '${unknown.join("', '")}'`, {
      hint: `Columns: ${before.join(', ')}`,
    })
  }
  const wrong = found.filter((name) => !isNumeric(columnOf(reference, name)) || !isNumeric(columnOf(current, name)))
  if (wrong.length > 0) {
    const types = wrong.map(
      (name) => `'${name}' (${columnOf(reference, name).type} in the reference, ${columnOf(current, name).type} now)`,
    )
    const numeric = planDrift(reference, current).columns.map(({ name }) => name)
    throw failure('DS_DRIFT_COLUMN', `drift compares columns of numbers; not so: ${types.join(', ')}`, {
      hint:
        numeric.length > 0
          ? `Columns of numbers on both sides: ${numeric.join(', ')}`
          : 'No column holds numbers on both sides.',
    })
  }
  return found.map((name) => columnOf(current, name))
}

function namesOf(schema: TableSchema): string[] {
  return schema.columns.map(({ name }) => name)
}

function columnOf(schema: TableSchema, name: string): Column {
  return schema.columns.find((column) => column.name === name) as Column
}

function newColumn({ name, type }: Column): Finding {
  return {
    severity: 'info',
    code: 'drift.column_new',
    column: name,
    message: `${name} (${type}) is new: the reference does not have it`,
    hint: 'Nothing to compare it with yet; it counts once the reference has it too.',
  }
}

function missingColumn({ name, type }: Column): Finding {
  return {
    severity: 'warn',
    code: 'drift.column_missing',
    column: name,
    message: `${name} (${type}) is gone: the reference has it, the current data does not`,
    hint: 'Bring the column back, or take a reference without it.',
  }
}

function typeChanged(old: Column, { name, type }: Column): Finding {
  return {
    severity: 'warn',
    code: 'drift.type_changed',
    column: name,
    message: `${name} was ${old.type} and is ${type} now, so it cannot be compared`,
    hint: isNumeric(old)
      ? 'Look for text among the numbers, such as a null marker that was not declared.'
      : 'Give the reference the same type, or cast one side.',
  }
}

function notCompared(names: readonly string[]): Finding {
  const one = names.length === 1
  return {
    severity: 'info',
    code: 'drift.not_compared',
    message: `${names.length} ${one ? 'column does' : 'columns do'} not hold numbers and ${one ? 'was' : 'were'} not compared: ${names.join(', ')}`,
  }
}
