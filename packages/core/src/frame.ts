import { arrowBytes } from './arrow/write.ts'
import { throwIfAborted } from './abort.ts'
import { blame } from './blame.ts'
import { columnValues, doubles, type ColumnValues } from './column-values.ts'
import type { DatasetRef } from './dataset.ts'
import { withoutSecretsWithin } from './secrets.ts'
import {
  doublesBatch,
  rowsOf,
  type Batch,
  type DoublesBatch,
  type Engine,
  type QueryOptions,
  type Row,
} from './engine.ts'
import { failure } from './codes.ts'
import type { Finding } from './finding.ts'
import { keptTable, prepare } from './preparation.ts'
import { newTable } from './sources/table-name.ts'
import { NOWHERE, type PlaceCursor } from './places.ts'
import { profileOf, type Profile, type ProfileOptions } from './profile.ts'
import { queryOf, selectFrom, verbsOf, type Relation } from './relation.ts'
import { sampledFiles, type SampleManifest } from './sample.ts'
import { draw } from './sampling/draw.ts'
import { planSample, type SampleOptions } from './sampling/plan.ts'
import type { Column, TableSchema } from './schema.ts'
import { resolveNames } from './names.ts'
import type { Source, TextTable } from './source.ts'
import { expression, ident, raw, type Sql, type SqlValue } from './sql.ts'
import { cast } from './verbs/cast.ts'
import { derive } from './verbs/derive.ts'
import { distinct } from './verbs/distinct.ts'
import { dropNulls } from './verbs/drop-nulls.ts'
import { filledColumns } from './verbs/fill-nulls.ts'
import { filter } from './verbs/filter.ts'
import { join, type JoinOptions } from './verbs/join.ts'
import { limit } from './verbs/limit.ts'
import { map, type MapFunction } from './verbs/map.ts'
import { rename } from './verbs/rename.ts'
import { select } from './verbs/select.ts'
import { sort } from './verbs/sort.ts'
import { summarize } from './verbs/summarize.ts'
import { union, type UnionOptions } from './verbs/union.ts'
import { writeFrame, type WriteOptions } from './write.ts'

/** SQL that a verb takes: text, or a piece made with `sql`. */
export type Expression = string | Sql

/**
 * An immutable, lazy relation over a source. Verbs give new frames at once and run nothing; rows are computed when they
 * are asked for (`toArray`, `rows`, `count`, `profile`, `write` …).
 *
 * @typeParam Name the columns' names, where they are known
 * @example
 * const clean = (await open('weather.csv'))
 *   .dropNulls('temp')
 *   .derive({ celsius: sql`(temp - 32) * 5 / 9` })
 *   .filter(sql`origin = ${'JFK'}`)
 * console.log(await clean.toArray())
 */
export class Frame<Name extends string = string> {
  readonly engine: Engine
  /** The dataset that the frame was opened from; verbs keep it. */
  readonly dataset: DatasetRef
  /** The files behind the frame; none where rows came from elsewhere. */
  readonly files: readonly string[]
  /** The files in which records are kept that reading left out (`badLines`): what else is written must not take their place. */
  readonly quarantines: readonly string[]
  /** The rows as text, of a text table that no verb has changed yet. */
  readonly text: TextTable | undefined
  /**
   * The objects as text, one column `json`, of a JSON file that no verb has changed yet and whose types were not declared:
   * what each of them holds, where the engine gives all the type that they have in common.
   */
  readonly objects: Relation | undefined
  readonly #notes: () => readonly Finding[]
  readonly relation: Relation
  readonly #numbered: Source['numbered']
  readonly #places: Source['places']
  readonly #reading: Source['reading']
  readonly #sample: Source['sample']
  #schema: Promise<TableSchema> | undefined

  constructor(engine: Engine, source: Source) {
    this.engine = engine
    this.dataset = source.dataset
    this.files = source.files
    this.quarantines = source.quarantines ?? []
    this.relation = source.relation
    this.text = source.text
    this.objects = source.objects
    this.#numbered = source.numbered
    this.#places = source.places
    this.#reading = source.reading
    this.#sample = source.sample
    this.#notes = source.notes ?? (() => [])
  }

  /** Column names, in order. */
  get columns(): readonly Name[] {
    return this.relation.names as readonly Name[]
  }

  /** What reading the source has told so far: columns of mixed types, lines left out. Verbs keep it. */
  get notes(): readonly Finding[] {
    return this.#notes()
  }

  /** Whether the frame is a sample, or comes from one. */
  get isSample(): boolean {
    return this.#sample !== undefined
  }

  /**
   * The rows with their numbers from 1 as one more column, in SQL: where the reader knows them (Parquet), filtered rows have
   * them without all others being counted.
   *
   * @param column a name that no column has
   * @example frame.numbered('row') // { from: … }
   */
  numbered(column: string): Relation {
    if (this.#numbered) return this.#numbered(column)
    const list = raw(`row_number() OVER () AS ${ident(column).text}, *`)
    return selectFrom(this.relation, list, [column, ...this.columns])
  }

  /**
   * Tells where rows stand in the files that they come from: file and line, as far as that is known. Once a verb has changed
   * the rows, it is not.
   *
   * @example await frame.places().placeOf(1) // { line: 2 }
   */
  places(): PlaceCursor {
    return this.#places?.() ?? NOWHERE
  }

  /** A frame over another relation of the same dataset: what a verb gives. */
  with<Next extends string = string>(relation: Relation): Frame<Next> {
    return new Frame<Next>(this.engine, {
      dataset: this.dataset,
      files: this.files,
      quarantines: this.quarantines,
      notes: this.#notes,
      relation,
      sample: this.#sample,
    })
  }

  /** What a verb over two frames gives. */
  #both<Next extends string>(
    verb: string,
    other: Pick<Frame, 'files' | 'quarantines' | 'notes' | 'relation'>,
    relation: Relation,
  ): Frame<Next> {
    return new Frame<Next>(this.engine, {
      dataset: this.dataset,
      files: [...new Set([...this.files, ...other.files])],
      quarantines: [...new Set([...this.quarantines, ...other.quarantines])],
      notes: () => [...new Set([...this.notes, ...other.notes])],
      sample: this.#sample,
      relation: { ...relation, made: { verb, of: this.relation, beside: other.relation } },
    })
  }

  /** What a verb gives, with what a person wrote for it. */
  #made<Next extends string>(
    verb: string,
    relation: Relation,
    parts?: Readonly<Record<string, Expression>>,
    groups?: readonly string[],
  ): Frame<Next> {
    const written = Object.fromEntries(Object.entries(parts ?? {}).map(([name, part]) => [name, expression(part).text]))
    return this.with({ ...relation, made: { verb, of: this.relation, parts: written, groups } })
  }

  /** Does what must be done before the relation's SQL can run. Frames do it by themselves; call it before you give SQL of a frame to its engine. */
  ready(options?: QueryOptions): Promise<void> {
    return prepare(this.relation.needs, options)
  }

  async #query(text: string, options?: QueryOptions): Promise<Row[]> {
    try {
      await this.ready(options)
      return await this.engine.query(text, options)
    } catch (error) {
      throw await blame(this.engine, this.relation, error, options)
    }
  }

  async *#stream(text: string, options?: QueryOptions): AsyncGenerator<Batch> {
    try {
      await this.ready(options)
      yield* this.engine.stream(text, options)
    } catch (error) {
      throw await blame(this.engine, this.relation, error, options)
    }
  }

  /** Keeps the columns named, in this order. */
  select<Kept extends Name>(...names: readonly Kept[]): Frame<Kept> {
    return this.#made('select', select(this.relation, names))
  }

  /** Keeps the rows for which a condition holds. Rows where it is NULL go. */
  filter(condition: Expression): Frame<Name> {
    return this.#made('filter', filter(this.relation, condition), { '': condition })
  }

  /**
   * Adds columns, or replaces those of the same name in their place. All expressions see the columns as they were.
   *
   * @example frame.derive({ value_squared: sql`value ** 2` })
   */
  derive<New extends string>(columns: Readonly<Record<New, Expression>>): Frame<Name | New> {
    return this.#made('derive', derive(this.relation, columns), columns)
  }

  /** Renames columns: `{ old: 'new' }`. */
  rename(names: Readonly<Partial<Record<Name, string>>>): Frame {
    return this.#made('rename', rename(this.relation, names as Readonly<Record<string, string>>))
  }

  /** Changes columns' types, by the engine's names of types. A value that cannot be cast is an error when rows are asked for. */
  cast(types: Readonly<Partial<Record<Name, string>>>): Frame<Name> {
    return this.#made(
      'cast',
      cast(this.relation, types as Readonly<Record<string, string>>),
      types as Readonly<Record<string, string>>,
    )
  }

  /** Drops the rows that have no value in one of the columns named, or in any column where none is named. */
  dropNulls(...names: readonly Name[]): Frame<Name> {
    return this.#made('dropNulls', dropNulls(this.relation, names))
  }

  /** Puts values in place of missing ones. */
  fillNulls(values: Readonly<Partial<Record<Name, SqlValue | Sql>>>): Frame<Name> {
    const filled = filledColumns(this.relation, values)
    return this.#made('fillNulls', derive(this.relation, filled), filled)
  }

  /** One row for each group, or one for all rows where `by` is left out. */
  summarize<New extends string, By extends Name = never>(
    aggregates: Readonly<Record<New, Expression>>,
    options: { readonly by?: By | readonly By[] } = {},
  ): Frame<New | By> {
    const by: readonly string[] = [options.by ?? []].flat()
    return this.#made('summarize', summarize(this.relation, aggregates, by), aggregates, by)
  }

  /** Puts rows in order. A name with `-` before it sorts downwards; missing values come last. */
  sort(...keys: readonly (Name | `-${Name}`)[]): Frame<Name> {
    return keys.length === 0 ? this : this.#made('sort', sort(this.relation, keys))
  }

  /**
   * Adds the columns of another frame to the rows whose keys are equal there. Keys come once, under this frame's names; a
   * column that both sides have gets `_right` behind its name on the other side. Rows keep this frame's order.
   *
   * @throws DS_FRAMES_APART where the other frame has another engine
   * @throws DS_TYPES_APART, when rows are asked for, where a key is a text here and a number there
   * @example flights.join(planes, { on: 'tailnum', how: 'left' })
   * @example flights.join(airports, { on: { origin: 'faa' } })
   */
  join<Other extends string>(other: Frame<Other>, options: JoinOptions): Frame<Name | Other> {
    const relation = join(this.engine, this.relation, this.#beside(other, 'join').relation, options)
    return this.#both('join', other, relation)
  }

  /**
   * Puts the rows of another frame after these. Columns belong together by name.
   *
   * @throws DS_COLUMN_UNKNOWN where one side has columns that the other lacks, unless `fill` is set
   * @example january.union(february)
   */
  union<Other extends string>(other: Frame<Other>, options: UnionOptions = {}): Frame<Name | Other> {
    const relation = union(this.relation, this.#beside(other, 'union').relation, options)
    return this.#both('union', other, relation)
  }

  #beside<Other extends string>(other: Frame<Other>, verb: string): Frame<Other> {
    if (other.engine === this.engine) return other
    throw failure('DS_FRAMES_APART', `${verb}: the frames belong to different engines`)
  }

  /**
   * Adds columns by a JavaScript function, for what SQL cannot say, or replaces those of the same name. It must not be
   * async. Each time that rows are asked for, all rows that come in here go through it once each, in order and in constant
   * memory, whatever is filtered later; none do where no column that it gives is used. The engine keeps it until it closes.
   *
   * @param columns the columns that the function gives, with their engine types
   * @param give takes a row, gives an object of the new columns; one that is left out has no value
   * @param options `reads`: the columns that the function looks at, which saves time where there are many others
   * @throws DS_FUNCTION, when rows are asked for, where the function throws or gives a value of another type
   * @example frame.map({ host: 'VARCHAR' }, ({ url }) => ({ host: new URL(String(url)).hostname }), { reads: ['url'] })
   */
  map<New extends string, Read extends Name = Name>(
    columns: Readonly<Record<New, string>>,
    give: (row: Record<Read, unknown>) => Readonly<Partial<Record<New, unknown>>>,
    options: { readonly reads?: readonly Read[] } = {},
  ): Frame<Name | New> {
    const relation = map(this.engine, this.relation, columns, give as unknown as MapFunction, options.reads)
    return this.with({ ...relation, made: { verb: 'map', of: this.relation, parts: {}, reads: options.reads } })
  }

  /** Drops rows that are equal in the columns named, or in all where none is named, but for the first. */
  distinct(...names: readonly Name[]): Frame<Name> {
    return this.#made('distinct', distinct(this.relation, names))
  }

  /** The first rows, after `offset`. */
  limit(rows: number, offset = 0): Frame<Name> {
    return this.#made('limit', limit(this.relation, rows, offset))
  }

  /**
   * A sample: the same rows for the same seed, on every machine, in every format. It is drawn once, when its rows are first
   * asked for, and kept with the engine.
   *
   * @throws DS_SAMPLE where the options contradict one another
   * @example frame.sample({ fraction: '1%' })
   * @example orders.sample({ fraction: 0.05, key: 'customer_id' }) // joins fully with customers.sample of the same
   * @example frame.sample({ rows: 1000, stratify: 'country', edges: true })
   */
  sample(options: SampleOptions): Frame<Name> {
    const plan = planSample(options)
    const drawn = draw(
      { engine: this.engine, relation: this.relation, text: this.text, numbered: this.#numbered },
      plan,
    )
    const relation = { ...drawn.relation, made: { verb: 'sample', of: this.relation } }
    return new Frame<Name>(this.engine, {
      dataset: this.dataset,
      files: this.files,
      quarantines: this.quarantines,
      notes: this.#notes,
      relation,
      sample: { facts: drawn.facts, plan, reading: this.#reading, verbs: verbsOf(this.relation) },
    })
  }

  /**
   * How the sample was drawn that this frame comes from: its source, method, seed and numbers. Draws it, where that was
   * not done yet.
   *
   * @throws DS_SAMPLE where the frame comes from no sample
   * @example await writeFile('sample.json', JSON.stringify(await sampled.manifest()))
   */
  async manifest(options?: QueryOptions): Promise<SampleManifest> {
    const sample = this.#sample
    if (!sample) throw failure('DS_SAMPLE', 'this frame comes from no sample', { hint: 'Call sample() on it first.' })
    const facts = await sample.facts(options)
    return {
      manifest: 1,
      source: this.dataset.namespace === 'file' ? this.dataset : withoutSecretsWithin(this.dataset),
      ...(sample.reading === undefined ? {} : { reading: sample.reading }),
      files: await sampledFiles(this.files),
      plan: sample.plan,
      ...facts,
      verbs: sample.verbs,
    }
  }

  /** The frame as SQL of its engine. What is done before it runs stands above it, as comments. */
  explain(): string {
    const before = (this.relation.needs ?? []).map(({ what }) => `-- before: ${what.replaceAll(/\s+/g, ' ')}\n`)
    return before.join('') + queryOf(this.relation).text
  }

  /** Names and types. */
  async schema(options?: QueryOptions): Promise<TableSchema> {
    const found = (this.#schema ??= this.#describe(options))
    try {
      return await found
    } catch (error) {
      // It may have been stopped, or the file mended: the next caller asks anew.
      if (this.#schema === found) this.#schema = undefined
      throw error
    }
  }

  async #describe(options: QueryOptions | undefined): Promise<TableSchema> {
    const { dialect } = this.engine
    const rows = await this.#query(dialect.describe(queryOf(this.relation)).text, options)
    return {
      columns: rows.map(({ column_name, column_type }) => ({
        name: String(column_name),
        type: dialect.columnType(String(column_type)),
        nativeType: String(column_type),
      })),
    }
  }

  /** Number of rows. */
  async count(options?: QueryOptions): Promise<number> {
    const [row] = await this.#query(`SELECT count(*) AS rows FROM ${this.relation.from.text}`, options)
    return Number(row?.['rows'])
  }

  /** All rows, whole in memory. */
  toArray(options?: QueryOptions): Promise<Record<Name, unknown>[]> {
    return this.#query(queryOf(this.relation).text, options) as Promise<Record<Name, unknown>[]>
  }

  /** The first rows, whole in memory. */
  head(rows = 5): Promise<Record<Name, unknown>[]> {
    return this.limit(rows).toArray()
  }

  /** Rows in batches, column by column, in constant memory. */
  batches(options?: QueryOptions): AsyncIterable<Batch> {
    return this.#stream(queryOf(this.relation).text, options)
  }

  /**
   * Hands rows of doubles to a function, in batches and in no order, in constant memory: columns must be of the engine's type for doubles. Several times as
   * fast as `batches`, for what the order does not matter to.
   *
   * @param take may neither change nor keep what it is given; what it throws ends the scan
   * @example await frame.cast({ temp: 'DOUBLE' }).select('temp').scan(({ columns: [temp] }) => count(temp))
   */
  async scan(take: (batch: DoublesBatch) => void, options?: QueryOptions): Promise<void> {
    const { engine, relation } = this
    if (!engine.scan) {
      for await (const { columns, rows } of this.batches({ ...options, lent: true })) take(doublesBatch(columns, rows))
      return
    }
    try {
      await this.ready(options)
      await engine.scan(queryOf(relation).text, take, options)
    } catch (error) {
      throw await blame(engine, relation, error, options)
    }
  }

  /** Rows one by one, in constant memory. */
  async *rows(options?: QueryOptions): AsyncGenerator<Record<Name, unknown>> {
    for await (const batch of this.batches(options)) {
      for (const row of rowsOf(batch)) {
        // Whoever takes the rows may be slow.
        throwIfAborted(options?.signal)
        yield row as Record<Name, unknown>
      }
    }
  }

  /**
   * Computes the rows once and keeps them with the engine, in memory or spilled to disk, for as long as a frame uses them.
   *
   * @returns a frame of the same rows, which later queries read without computing them again
   * @example const clean = await frame.map({ … }).cache()
   */
  async cache(options?: QueryOptions): Promise<Frame<Name>> {
    const table = newTable('cache')
    const kept = keptTable(this.engine, table)
    await this.#query(`CREATE TABLE ${table} AS ${queryOf(this.relation).text}`, options)
    return this.with({
      from: raw(table),
      names: this.relation.names,
      needs: [kept],
      byColumn: true,
      made: this.relation.made,
      keeps: this.relation,
    })
  }

  /** The values of a column of numbers as doubles; missing values are left out, NaN and ±Infinity stay. */
  async numbers(name: Name, options?: QueryOptions): Promise<Float64Array> {
    const [column] = resolveNames([name], this.relation.names, 'numbers') as [string]
    const asNumbers = this.select(column as Name).cast({ [column]: 'DOUBLE' } as Readonly<Record<Name, string>>)
    const [values] = await doubles(asNumbers.dropNulls().batches(options), 1)
    return values as Float64Array
  }

  /** A column as a typed array, without an object for each value. */
  async column(name: Name, options?: QueryOptions): Promise<ColumnValues> {
    const [found] = resolveNames([name], this.relation.names, 'column') as [string]
    const { columns } = await this.schema(options)
    const column = columns.find((one) => one.name === found) as Column
    return columnValues(column, (list) => this.#stream(`SELECT ${list} FROM ${this.relation.from.text}`, options))
  }

  /**
   * What the columns hold: counts, nulls, distinct values, range, mean, quantiles, histogram, most frequent values, and
   * how often the values of a key come again.
   *
   * @throws DS_COLUMN_UNKNOWN, DS_UNIT for an option that cannot be
   * @example (await frame.profile({ key: ['id'] })).duplicates // { key: ['id'], rows: 0, keys: 0 }
   */
  async profile(options: ProfileOptions<Name> = {}): Promise<Profile> {
    const { columns } = await this.schema(options)
    const named = (names: readonly Name[]): string[] => resolveNames(names, this.relation.names, 'profile')
    return profileOf(this.engine, (text, queryOptions) => this.#query(text, queryOptions), this.relation, columns, {
      ...options,
      columns: options.columns && named(options.columns),
      key: options.key && named(options.key),
    })
  }

  /**
   * Writes the rows to a file, or to a folder of partitions, whole or not at all and in their order. The format is told by
   * the name.
   *
   * @throws DS_OPTION for options that do not go together
   * @throws DS_TARGET_EXISTS where a folder is there already
   * @throws DS_WRITE where the disk is full, or may not be written
   * @example await frame.write('sales.csv.gz', { delimiter: ';' })
   * @example await frame.write('sales', { partitionBy: ['year', 'country'] }) // sales/year=2024/country=DE/part-0.parquet
   */
  async write(path: string, options?: WriteOptions<Name>): Promise<void> {
    try {
      await this.ready(options)
      await writeFrame(this.engine, this.relation, path, options)
    } catch (error) {
      throw await blame(this.engine, this.relation, error, options)
    }
  }

  /**
   * All rows as one Arrow IPC stream, whole in memory: what every Arrow library reads, with types kept. For rows that do
   * not fit in memory, `write('rows.arrow')`.
   *
   * @throws DS_SOURCE_UNSUPPORTED for a column of a type that Arrow has no place for
   * @example const table = tableFromIPC(await frame.toArrow())
   */
  async toArrow(options?: QueryOptions): Promise<Uint8Array> {
    const { columns } = await this.schema(options)
    return arrowBytes(columns, (list) => this.#stream(`SELECT ${list} FROM ${this.relation.from.text}`, options))
  }
}
