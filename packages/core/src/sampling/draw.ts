import { availableParallelism } from 'node:os'
import type { Engine, QueryOptions } from '../engine.ts'
import { isDayshiftError } from '../errors.ts'
import { bytesOf } from '../files.ts'
import { allNeeds, keptTable, prepare, prepareOnce } from '../preparation.ts'
import { nameList, selectFrom, type Relation } from '../relation.ts'
import type { TextTable } from '../source.ts'
import { newTable } from '../sources/table-name.ts'
import { ident, raw } from '../sql.ts'
import { limit } from '../verbs/limit.ts'
import { drawBlocks, noBlocks } from './draw-blocks.ts'
import { drawText } from './draw-text.ts'
import type { DrawnFacts } from './drawn.ts'
import { checkedWindow, numbered, within, type Numbered, type Picked } from './numbered.ts'
import { pickEdges } from './pick-edges.ts'
import { pickKey } from './pick-key.ts'
import { pickRandom } from './pick-random.ts'
import { pickStrata } from './pick-strata.ts'
import { pickWeighted } from './pick-weighted.ts'
import { methodOf, sampleSize, type SamplePlan } from './plan.ts'

/** What a sample is drawn from. */
export interface Drawable {
  readonly engine: Engine
  readonly relation: Relation
  /** Text tables that no verb has changed. */
  readonly text?: TextTable | undefined
  /** Numbers the rows without counting, where the source can. */
  readonly numbered?: ((column: string) => Relation) | undefined
}

/** A sample, drawn when its rows are first asked for. */
export interface Drawn {
  readonly relation: Relation
  /** Draws it, where that was not done, and says how. */
  readonly facts: (options?: QueryOptions) => Promise<DrawnFacts>
}

/** Up to so many rows, a sample is kept as a table; a larger one is drawn anew for each query. */
const LARGEST_TABLE = 5_000_000

/** The verb behind `Frame.sample`. */
export function draw(from: Drawable, plan: SamplePlan): Drawn {
  if (plan.kind === 'head') return head(from, plan)
  if (plan.kind === 'blocks' && !from.text) throw noBlocks()
  const name = newTable('sample')
  let facts: DrawnFacts | undefined
  let digest: Promise<string> | undefined
  const need = prepareOnce(`${name} is drawn: ${methodOf(plan)}`, async (options = {}) => {
    const tables: string[] = []
    try {
      facts = await make(from, plan, name, tables, options)
    } finally {
      // A large sample is a view, which goes on reading them.
      for (const table of facts && sampleSize(plan, facts.sourceRows ?? 0) > LARGEST_TABLE ? [] : tables) {
        await from.engine.query(`DROP TABLE IF EXISTS ${table}`)
      }
    }
  })
  // Not what the source needs: where the sample is drawn from a file's bytes, the file's types need not be found first.
  const needs = [keptTable(from.engine, name, need)]
  return {
    relation: { from: raw(name), names: from.relation.names, needs },
    facts: async (options) => {
      await prepare(needs, options)
      const known = facts as DrawnFacts
      if (known.rows > MOST_DIGESTED) return known
      digest ??= digestOf(from.engine, name, options).catch((error: unknown) => {
        digest = undefined
        throw error
      })
      return { ...known, digest: await digest }
    },
  }
}

/** Beyond so many rows, a fingerprint takes longer than a person waits for a report. */
const MOST_DIGESTED = 1_000_000

async function digestOf(engine: Engine, table: string, options: QueryOptions | undefined): Promise<string> {
  const rows = `SELECT row_number() OVER () AS place, CAST(t AS VARCHAR) AS row FROM ${table} AS t`
  const [found] = await engine.query(
    `SELECT printf('%016x', COALESCE(bit_xor(md5_number_lower(place || ':' || row)), 0)) AS digest FROM (${rows})`,
    options,
  )
  return String(found?.['digest'])
}

function head({ engine, relation }: Drawable, plan: SamplePlan): Drawn {
  const { window } = plan
  const checked =
    window &&
    prepareOnce('the window is one of times', (options = {}) => checkedWindow(engine, relation, window, options))
  const scope = window ? within(relation, window) : relation
  const first = limit({ ...scope, needs: allNeeds(relation.needs, checked && [checked]) }, plan.rows as number, 0)
  return {
    relation: first,
    facts: async (options) => {
      await prepare(first.needs, options)
      const [row] = await engine.query(`SELECT count(*) AS n FROM ${first.from.text}`, options)
      return { method: methodOf(plan), rows: Number(row?.['n']) }
    },
  }
}

async function make(
  from: Drawable,
  plan: SamplePlan,
  name: string,
  tables: string[],
  options: QueryOptions,
): Promise<DrawnFacts> {
  const quick = await fromText(from, plan, name, options)
  if (quick) return quick
  await prepare(from.relation.needs, options)
  const began = performance.now()
  const { engine, relation } = from
  const window = plan.window && (await checkedWindow(engine, relation, plan.window, options))
  const rows = numbered(engine, relation, from.numbered, window, options)
  const picked = await pick(rows, plan, tables)
  const edges = plan.edges ? await pickEdges(rows, tables) : undefined
  const row = ident(rows.row).text
  const where = edges ? `(${picked.where}) OR ${row} IN (SELECT ${row} FROM ${edges.table})` : picked.where
  const drawn = selectFrom(picked.relation, nameList(rows.names), rows.names, raw(`WHERE ${where} ORDER BY ${row}`))
  const sourceRows = await rows.count()
  const kind = sampleSize(plan, sourceRows) > LARGEST_TABLE ? 'VIEW' : 'TABLE'
  await engine.query(`CREATE ${kind} ${name} AS SELECT * FROM ${drawn.from.text}`, options)
  const [counted] = await engine.query(`SELECT count(*) AS n FROM ${name}`, options)
  return {
    method: methodOf(plan),
    sourceRows,
    rows: Number(counted?.['n']),
    ...(edges ? { edgeRows: edges.rows } : {}),
    readMs: Math.round(performance.now() - began),
  }
}

function pick(rows: Numbered, plan: SamplePlan, tables: string[]): Promise<Picked> {
  if (plan.kind === 'key') return pickKey(rows, plan)
  if (plan.kind === 'stratified') return pickStrata(rows, plan, tables)
  return plan.kind === 'weighted' ? pickWeighted(rows, plan, tables) : pickRandom(rows, plan, tables)
}

/** Up to so many bytes, the types of a text table are found in all its cells before blocks are drawn: half a second. */
const SETTLED_FIRST = 256_000_000

/** Draws from a text table's bytes, where that can be done. */
async function fromText(
  { engine, relation, text }: Drawable,
  plan: SamplePlan,
  name: string,
  options: QueryOptions,
): Promise<DrawnFacts | undefined> {
  if (!text || plan.window || plan.edges || (plan.kind !== 'random' && plan.kind !== 'blocks')) return undefined
  const blocks = plan.kind === 'blocks'
  if (blocks && !text.typesSettled && (await bytesOf(text.files)) <= SETTLED_FIRST) {
    await prepare(relation.needs, options)
  }
  const how = blocks ? drawBlocks : drawText
  const drawn = await how(engine, text, relation.names, plan, options)
  if (!drawn) return undefined
  let fixed = 0
  let began = performance.now()
  try {
    // What planning takes does not grow with the rows.
    await engine.query(`SELECT * FROM ${drawn.relation.from.text} LIMIT 0`, options)
    fixed = performance.now() - began
    began = performance.now()
    await engine.query(`CREATE TABLE ${name} AS SELECT * FROM ${drawn.relation.from.text}`, options)
  } catch (error) {
    // The engine sees more in a record than its bytes tell: its own reader says what is wrong, and where.
    if (isDayshiftError(error) && error.code === 'DS_SOURCE_MALFORMED') return undefined
    throw error
  } finally {
    await drawn.remove()
  }
  const took = performance.now() - began
  // Small files are read whole, whatever was asked for.
  const kind = drawn.estimated ? plan.kind : 'random'
  const parallel = availableParallelism()
  return {
    method: methodOf({ ...plan, kind }),
    sourceRows: drawn.sourceRows,
    ...(drawn.estimated ? { estimated: true } : {}),
    ...(text.typesSettled ? {} : { typesOfSample: true }),
    rows: drawn.rows,
    // The engine reads a large file with all cores, and one as small as the sample with one.
    readMs: Math.round((Math.max(0, took - fixed) * drawn.sourceRows) / Math.max(1, drawn.rows) / parallel),
  }
}
