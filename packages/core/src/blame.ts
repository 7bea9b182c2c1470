import type { Engine, QueryOptions } from './engine.ts'
import { isDayshiftError, type DayshiftError } from './errors.ts'
import { failure } from './codes.ts'
import { nearest } from './names.ts'
import { prepare } from './preparation.ts'
import { nameList, queryOf, typesOf, type Relation, type Step } from './relation.ts'
import { ident, raw } from './sql.ts'

/** A relation that a verb made. */
type Made = Relation & { readonly made: Step }

/**
 * Finds the verb, and the column within it, that a query failed for, and says it in the error. Only errors of the SQL that
 * a person wrote are looked into: unknown columns, wrong types, values that cannot be cast.
 */
export async function blame(
  engine: Engine,
  relation: Relation,
  error: unknown,
  options?: QueryOptions,
): Promise<unknown> {
  if (!isDayshiftError(error) || (error.code !== 'DS_QUERY' && error.code !== 'DS_COLUMN_UNKNOWN')) return error
  try {
    for (const step of stepsOf(relation)) {
      const wrong = await problem(engine, queryOf(step).text, options)
      // A sample that was not drawn, or a function that is not known, cannot be looked into; what stopped it has been said.
      if (wrong && (step.made.verb === 'sample' || /dayshift_map_\w+ does not exist/.test(wrong.message))) return error
      const found = wrong
        ? ((await wrongPart(engine, step, options)) ?? told(wrong, step.made.verb, namesOf(step)))
        : ((await badValue(engine, step, error, options)) ??
          (await wrongFilling(engine, step, options)) ??
          (await failingPart(engine, step, options)) ??
          (await unlike(engine, step, error, options)))
      if (found) return found
    }
    return error
  } catch {
    // What looking for the reason stumbles over is the reason, or nothing new.
    return error
  }
}

/** Verbs from the first to the last; of two sides the left one first. */
function stepsOf(relation: Relation): Made[] {
  const { made } = relation
  if (!made) return []
  return [...stepsOf(made.of), ...(made.beside ? stepsOf(made.beside) : []), relation as Made]
}

function namesOf({ made }: Made): readonly string[] {
  return [...made.of.names, ...(made.beside?.names ?? [])]
}

/** What is wrong with a query before any row is read. */
async function problem(engine: Engine, query: string, options?: QueryOptions): Promise<DayshiftError | undefined> {
  try {
    await engine.query(engine.dialect.describe(raw(query)).text, options)
    return undefined
  } catch (error) {
    if (isDayshiftError(error) && error.code !== 'DS_ABORTED') return error
    throw error
  }
}

/** The first of the verb's parts that is wrong by itself. */
async function wrongPart(engine: Engine, step: Made, options?: QueryOptions): Promise<DayshiftError | undefined> {
  const { verb, of, parts = {}, groups } = step.made
  const by = groups ? ` GROUP BY ${groups.length > 0 ? nameList(groups).text : '()'}` : ''
  for (const [name, part] of Object.entries(parts)) {
    const value = verb === 'cast' ? `CAST(${ident(name).text} AS ${part})` : part
    const own = await problem(engine, `SELECT ${value} FROM ${of.from.text}${by}`, options)
    if (own) return told(own, name === '' ? verb : `${verb}: column '${name}'`, namesOf(step))
  }
  return undefined
}

function told(error: DayshiftError, place: string, names: readonly string[]): DayshiftError {
  const unknown = error.code === 'DS_COLUMN_UNKNOWN' ? /no column '(.*)'/.exec(error.message)?.[1] : undefined
  if (unknown === undefined) {
    return failure('DS_QUERY', `${place}: ${error.message}`, { cause: error.cause, hint: error.hint })
  }
  const near = nearest(unknown, names)
  return failure(
    'DS_COLUMN_UNKNOWN',
    `${place}: there is no column '${unknown}'${near === undefined ? '' : ` (did you mean '${near}'?)`}`,
    { cause: error.cause, hint: `Columns: ${names.join(', ')}` },
  )
}

/** A value that a cast stumbles over, with its number of rows. */
async function badValue(
  engine: Engine,
  { made }: Made,
  cause: DayshiftError,
  options?: QueryOptions,
): Promise<DayshiftError | undefined> {
  if (made.verb !== 'cast') return undefined
  await prepare(made.of.needs, options)
  for (const [name, type] of Object.entries(made.parts ?? {})) {
    const column = ident(name).text
    const wrong = `${column} IS NOT NULL AND TRY_CAST(${column} AS ${type}) IS NULL`
    const query = `SELECT CAST(any_value(${column}) AS VARCHAR) AS v, count(*) AS n FROM ${made.of.from.text} WHERE ${wrong}`
    const [row] = await engine.query(query, options)
    const rows = Number(row?.['n'])
    if (rows === 0) continue
    return failure(
      'DS_QUERY',
      `cast: column '${name}' holds '${String(row?.['v'])}', which is no ${type} (${rows} ${rows === 1 ? 'row' : 'rows'})`,
      {
        cause,
        hint: `Drop or replace such values first, or derive it with TRY_CAST(${column} AS ${type}), which makes them missing.`,
      },
    )
  }
  return undefined
}

/** The first of the verb's parts that is right, and fails for some row. */
async function failingPart(engine: Engine, step: Made, options?: QueryOptions): Promise<DayshiftError | undefined> {
  const { verb, of, parts = {}, groups } = step.made
  if (verb !== 'derive' && verb !== 'filter' && verb !== 'summarize') return undefined
  const by = groups && groups.length > 0 ? ` GROUP BY ${nameList(groups).text}` : ''
  await prepare(of.needs, options)
  for (const [name, part] of Object.entries(parts)) {
    try {
      // Counted, so that it is computed for every row.
      await engine.query(`SELECT count(part) FROM (SELECT (${part}) AS part FROM ${of.from.text}${by})`, options)
    } catch (error) {
      if (!isDayshiftError(error) || error.code !== 'DS_QUERY') throw error
      // Where the rows before fail by themselves, the part is not to blame.
      await engine.query(`SELECT count(COLUMNS(*)) FROM ${of.from.text}`, options)
      return told(error, name === '' ? verb : `${verb}: column '${name}'`, namesOf(step))
    }
  }
  return undefined
}

/** A value that does not fit the column whose missing values it fills: known only when there is one. */
async function wrongFilling(
  engine: Engine,
  { made }: Made,
  options?: QueryOptions,
): Promise<DayshiftError | undefined> {
  if (made.verb !== 'fillNulls') return undefined
  for (const [name, part] of Object.entries(made.parts ?? {})) {
    const nothing = `(SELECT * FROM ${made.of.from.text} LIMIT 0) AS f RIGHT JOIN (SELECT 1) AS t(_missing) ON TRUE`
    try {
      await engine.query(`SELECT ${part} FROM ${nothing}`, options)
    } catch (error) {
      if (isDayshiftError(error)) return told(error, `fillNulls: column '${name}'`, made.of.names)
      throw error
    }
  }
  return undefined
}

/** A column of a union whose types do not go together: known only when the first row is to be cast. */
async function unlike(
  engine: Engine,
  { made }: Made,
  error: DayshiftError,
  options?: QueryOptions,
): Promise<DayshiftError | undefined> {
  const column = /casting from source column (.+)$/.exec(error.message)?.[1]
  if (made.verb !== 'union' || !made.beside || column === undefined) return undefined
  const first = (await typesOf(engine, made.of, options)).get(column)
  const second = (await typesOf(engine, made.beside, options)).get(column)
  if (first === undefined || second === undefined || first === second) return undefined
  return failure('DS_TYPES_APART', `union: '${column}' is ${first} in the first frame, ${second} in the second`, {
    cause: error,
    hint: `Cast one of them first: other.cast({ ${JSON.stringify(column)}: '${first}' }).`,
  })
}
