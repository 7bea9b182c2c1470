import { blame } from './blame.ts'
import { columnValues, doubles, type ColumnValues } from './column-values.ts'
import type { DatasetRef } from './dataset.ts'
import { rowsOf, type Batch, type Engine, type QueryOptions, type Row } from './engine.ts'
import { failure } from './codes.ts'
import type { Finding } from './finding.ts'
import { prepare } from './preparation.ts'
import type { Profile } from './profile.ts'
import { profileOf } from './profile.ts'
import { queryOf, type Relation } from './relation.ts'
import { sample, type SampleOptions } from './sample.ts'
import type { Column, TableSchema } from './schema.ts'
import { resolveNames } from './names.ts'
import type { Source, TextTable } from './source.ts'
import { expression, ident, type Sql, type SqlValue } from './sql.ts'
import { cast } from './verbs/cast.ts'
import { derive } from './verbs/derive.ts'
import { distinct } from './verbs/distinct.ts'
import { dropNulls } from './verbs/drop-nulls.ts'
import { fillNulls } from './verbs/fill-nulls.ts'
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
  /** The rows as text, of a text table that no verb has changed yet. */
  readonly text: TextTable | undefined
  readonly #notes: () => readonly Finding[]
  readonly relation: Relation
  #schema: Promise<TableSchema> | undefined

  constructor(engine: Engine, source: Source) {
    this.engine = engine
    this.dataset = source.dataset
    this.files = source.files
    this.relation = source.relation
    this.text = source.text
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

  /** A frame over another relation of the same dataset: what a verb gives. */
  with<Next extends string = string>(relation: Relation): Frame<Next> {
    return new Frame<Next>(this.engine, { dataset: this.dataset, files: this.files, notes: this.#notes, relation })
  }

  /** What a verb over two frames gives. */
  #both<Next extends string>(verb: string, other: Pick<Frame, 'files' | 'notes'>, relation: Relation): Frame<Next> {
    return new Frame<Next>(this.engine, {
      dataset: this.dataset,
      files: [...new Set([...this.files, ...other.files])],
      notes: () => [...new Set([...this.notes, ...other.notes])],
      relation: { ...relation, made: { verb, of: this.relation } },
    })
  }

  /** What a verb gives, with what a person wrote for it. */
  #made<Next extends string>(
    verb: string,
    relation: Relation,
    parts?: Readonly<Record<string, Expression>>,
    grouped = false,
  ): Frame<Next> {
    const written = Object.fromEntries(Object.entries(parts ?? {}).map(([name, part]) => [name, expression(part).text]))
    return this.with({ ...relation, made: { verb, of: this.relation, parts: written, grouped } })
  }

  /** Does what must be done before the relation's SQL can run. Frames do it by themselves; call it before you give SQL of a frame to its engine. */
  ready(options?: QueryOptions): Promise<void> {
    return prepare(this.relation.needs, options)
  }

  async #query(text: string, options?: QueryOptions): Promise<Row[]> {
    await this.ready(options)
    try {
      return await this.engine.query(text, options)
    } catch (error) {
      throw await blame(this.engine, this.relation, error)
    }
  }

  async *#stream(text: string, options?: QueryOptions): AsyncGenerator<Batch> {
    await this.ready(options)
    try {
      yield* this.engine.stream(text, options)
    } catch (error) {
      throw await blame(this.engine, this.relation, error)
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
    return this.with(dropNulls(this.relation, names))
  }

  /** Puts values in place of missing ones. */
  fillNulls(values: Readonly<Partial<Record<Name, SqlValue | Sql>>>): Frame<Name> {
    return this.with(fillNulls(this.relation, values as Readonly<Record<string, SqlValue | Sql>>))
  }

  /** One row for each group, or one for all rows where `by` is left out. */
  summarize<New extends string, By extends Name = never>(
    aggregates: Readonly<Record<New, Expression>>,
    options: { readonly by?: readonly By[] } = {},
  ): Frame<New | By> {
    return this.#made('summarize', summarize(this.relation, aggregates, options.by ?? []), aggregates)
  }

  /** Puts rows in order. A name with `-` before it sorts downwards; missing values come last. */
  sort(...keys: readonly (Name | `-${Name}`)[]): Frame<Name> {
    return this.with(sort(this.relation, keys))
  }

  /**
   * Adds the columns of another frame to the rows whose keys are equal there. Keys come once, under this frame's names; a
   * column that both sides have gets `_right` behind its name on the other side. Rows keep this frame's order.
   *
   * @throws DS_FRAMES_APART where the other frame has another engine
   * @example flights.join(planes, { on: 'tailnum', how: 'left' })
   * @example flights.join(airports, { on: { origin: 'faa' } })
   */
  join<Other extends string>(other: Frame<Other>, options: JoinOptions): Frame<Name | Other> {
    const relation = join(this.relation, this.#beside(other, 'join').relation, options)
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
   * Adds columns by a JavaScript function, for what SQL cannot say, or replaces those of the same name. The rows go
   * through it once each, in order and in constant memory, when they are asked for. It must not be async.
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
    return this.#made('map', map(this.engine, this.relation, columns, give as unknown as MapFunction, options.reads))
  }

  /** Drops rows that are equal in the columns named, or in all where none is named, but for the first. */
  distinct(...names: readonly Name[]): Frame<Name> {
    return this.with(distinct(this.relation, names))
  }

  /** The first rows, after `offset`. */
  limit(rows: number, offset = 0): Frame<Name> {
    return this.with(limit(this.relation, rows, offset))
  }

  /** A sample without replacement: the same rows for the same seed, on every machine. */
  sample(options: SampleOptions): Frame<Name> {
    return this.with(sample(this.relation, options))
  }

  /** The frame as SQL of its engine. What is done before it runs stands above it, as comments. */
  explain(): string {
    const before = (this.relation.needs ?? []).map(({ what }) => `-- before: ${what.replaceAll(/\s+/g, ' ')}\n`)
    return before.join('') + queryOf(this.relation).text
  }

  /** Names and types. */
  schema(): Promise<TableSchema> {
    this.#schema ??= this.#describe()
    return this.#schema
  }

  async #describe(): Promise<TableSchema> {
    const { dialect } = this.engine
    const rows = await this.#query(dialect.describe(queryOf(this.relation)).text)
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

  /** Rows one by one, in constant memory. */
  async *rows(options?: QueryOptions): AsyncGenerator<Record<Name, unknown>> {
    for await (const batch of this.batches(options)) yield* rowsOf(batch) as Record<Name, unknown>[]
  }

  /** The values of a column of numbers as doubles; missing values are left out, NaN and ±Infinity stay. */
  async numbers(name: Name, options?: QueryOptions): Promise<Float64Array> {
    const [column] = resolveNames([name], this.relation.names, 'numbers') as [string]
    const value = ident(column).text
    const query = `SELECT CAST(${value} AS DOUBLE) AS n FROM ${this.relation.from.text} WHERE ${value} IS NOT NULL`
    const [values] = await doubles(this.#stream(query, options), 1)
    return values as Float64Array
  }

  /** A column as a typed array, without an object for each value. */
  async column(name: Name, options?: QueryOptions): Promise<ColumnValues> {
    const [found] = resolveNames([name], this.relation.names, 'column') as [string]
    const { columns } = await this.schema()
    const column = columns.find((one) => one.name === found) as Column
    return columnValues(column, (list) => this.#stream(`SELECT ${list} FROM ${this.relation.from.text}`, options))
  }

  /** What the columns hold: counts, nulls, distinct values, range, mean, quartiles. */
  async profile(options: QueryOptions & { readonly columns?: readonly Name[] } = {}): Promise<Profile> {
    const { columns } = await this.schema()
    await this.ready(options)
    const kept = options.columns ? new Set(resolveNames(options.columns, this.relation.names, 'profile')) : undefined
    return profileOf(
      this.engine,
      this.relation,
      columns.filter(({ name }) => kept?.has(name) ?? true),
      options,
    )
  }

  /** Writes the rows to a file, whole or not at all. The format is told by the file's name. */
  async write(path: string, options?: WriteOptions): Promise<void> {
    await this.ready(options)
    return writeFrame(this.engine, this.relation, path, options)
  }
}
