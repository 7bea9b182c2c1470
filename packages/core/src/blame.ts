import type { Engine } from './engine.ts'
import { isDayshiftError, type DayshiftError } from './errors.ts'
import { failure } from './codes.ts'
import { nearest } from './names.ts'
import { prepare } from './preparation.ts'
import { queryOf, type Relation } from './relation.ts'
import { ident, raw } from './sql.ts'

/**
 * Finds the verb, and the column within it, that a query failed for, and says it in the error. Only errors of the SQL that
 * a person wrote are looked into: unknown columns, wrong types, values that cannot be cast.
 */
export async function blame(engine: Engine, relation: Relation, error: unknown): Promise<unknown> {
  if (!isDayshiftError(error) || (error.code !== 'DS_QUERY' && error.code !== 'DS_COLUMN_UNKNOWN')) return error
  for (const step of stepsOf(relation)) {
    const verb = step.made?.verb as string
    if (await runs(engine, queryOf(step).text)) {
      const cast = await badValue(engine, step)
      if (cast) return cast
      continue
    }
    const before = step.made?.of as Relation
    for (const [name, expression] of Object.entries(step.made?.parts ?? {})) {
      const query = `SELECT ${expression} FROM ${before.from.text}`
      const own = step.made?.grouped ? undefined : await problem(engine, query)
      if (own) return told(own, `${verb}: ${name === '' ? '' : `column '${name}': `}`, before)
    }
    const own = await problem(engine, queryOf(step).text)
    return told(own ?? error, `${verb}: `, before)
  }
  return error
}

/** Verbs from the first to the last. */
function stepsOf(relation: Relation): Relation[] {
  const steps: Relation[] = []
  for (let at: Relation | undefined = relation; at; at = at.made?.of) if (at.made) steps.unshift(at)
  return steps
}

async function runs(engine: Engine, query: string): Promise<boolean> {
  return (await problem(engine, query)) === undefined
}

/** What is wrong with a query before any row is read. */
async function problem(engine: Engine, query: string): Promise<DayshiftError | undefined> {
  try {
    await engine.query(engine.dialect.describe(raw(query)).text)
    return undefined
  } catch (error) {
    if (isDayshiftError(error)) return error
    throw error
  }
}

function told(error: DayshiftError, place: string, before: Relation): DayshiftError {
  const unknown = error.code === 'DS_COLUMN_UNKNOWN' ? /no column '(.*)'/.exec(error.message)?.[1] : undefined
  if (unknown === undefined) return failure('DS_QUERY', place + error.message, { cause: error.cause, hint: error.hint })
  const near = nearest(unknown, before.names)
  return failure(
    'DS_COLUMN_UNKNOWN',
    `${place}there is no column '${unknown}'${near === undefined ? '' : ` (did you mean '${near}'?)`}`,
    {
      cause: error.cause,
      hint: `Columns: ${before.names.join(', ')}`,
    },
  )
}

/** A value that a cast stumbles over, with its number of rows. */
async function badValue(engine: Engine, { made }: Relation): Promise<DayshiftError | undefined> {
  if (made?.verb !== 'cast') return undefined
  await prepare(made.of.needs)
  for (const [name, type] of Object.entries(made.parts ?? {})) {
    const column = ident(name).text
    const wrong = `${column} IS NOT NULL AND TRY_CAST(${column} AS ${type}) IS NULL`
    const query = `SELECT CAST(any_value(${column}) AS VARCHAR) AS v, count(*) AS n FROM ${made.of.from.text} WHERE ${wrong}`
    const [row] = await engine.query(query)
    const rows = Number(row?.['n'])
    if (rows === 0) continue
    return failure(
      'DS_QUERY',
      `cast: column '${name}' holds '${String(row?.['v'])}', which is no ${type} (${rows} ${rows === 1 ? 'row' : 'rows'})`,
      {
        hint: `Drop or replace such values first, or derive it with TRY_CAST(${column} AS ${type}), which makes them missing.`,
      },
    )
  }
  return undefined
}
