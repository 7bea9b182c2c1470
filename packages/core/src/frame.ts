import type { DatasetRef } from './dataset.ts'
import { rowsOf, type Batch, type Engine, type QueryOptions } from './engine.ts'
import type { Profile } from './profile.ts'
import { profileOf } from './profile.ts'
import { queryOf, type Relation } from './relation.ts'
import { sample, type SampleOptions } from './sample.ts'
import type { TableSchema } from './schema.ts'
import { resolveNames } from './names.ts'
import type { Source, TextTable } from './source.ts'
import { ident, raw, type Sql, type SqlValue } from './sql.ts'
import { cast } from './verbs/cast.ts'
import { derive } from './verbs/derive.ts'
import { distinct } from './verbs/distinct.ts'
import { dropNulls } from './verbs/drop-nulls.ts'
import { fillNulls } from './verbs/fill-nulls.ts'
import { filter } from './verbs/filter.ts'
import { limit } from './verbs/limit.ts'
import { rename } from './verbs/rename.ts'
import { select } from './verbs/select.ts'
import { sort } from './verbs/sort.ts'
import { summarize } from './verbs/summarize.ts'
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
  readonly relation: Relation
  #schema: Promise<TableSchema> | undefined

  constructor(engine: Engine, source: Source) {
    this.engine = engine
    this.dataset = source.dataset
    this.files = source.files
    this.relation = source.relation
    this.text = source.text
  }

  /** Column names, in order. */
  get columns(): readonly Name[] {
    return this.relation.names as readonly Name[]
  }

  /** A frame over another relation of the same dataset: what a verb gives. */
  with<Next extends string = string>(relation: Relation): Frame<Next> {
    return new Frame<Next>(this.engine, { dataset: this.dataset, files: this.files, relation })
  }

  /** Keeps the columns named, in this order. */
  select<Kept extends Name>(...names: readonly Kept[]): Frame<Kept> {
    return this.with(select(this.relation, names))
  }

  /** Keeps the rows for which a condition holds. Rows where it is NULL go. */
  filter(condition: Expression): Frame<Name> {
    return this.with(filter(this.relation, condition))
  }

  /**
   * Adds columns, or replaces those of the same name in their place. All expressions see the columns as they were.
   *
   * @example frame.derive({ value_squared: sql`value ** 2` })
   */
  derive<New extends string>(columns: Readonly<Record<New, Expression>>): Frame<Name | New> {
    return this.with(derive(this.relation, columns))
  }

  /** Renames columns: `{ old: 'new' }`. */
  rename(names: Readonly<Partial<Record<Name, string>>>): Frame {
    return this.with(rename(this.relation, names as Readonly<Record<string, string>>))
  }

  /** Changes columns' types, by the engine's names of types. A value that cannot be cast is an error when rows are asked for. */
  cast(types: Readonly<Partial<Record<Name, string>>>): Frame<Name> {
    return this.with(cast(this.relation, types as Readonly<Record<string, string>>))
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
    return this.with(summarize(this.relation, aggregates, options.by ?? []))
  }

  /** Puts rows in order. A name with `-` before it sorts downwards; missing values come last. */
  sort(...keys: readonly (Name | `-${Name}`)[]): Frame<Name> {
    return this.with(sort(this.relation, keys))
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

  /** The frame as SQL of its engine. */
  explain(): string {
    return queryOf(this.relation).text
  }

  /** Names and types. */
  schema(): Promise<TableSchema> {
    this.#schema ??= this.#describe()
    return this.#schema
  }

  async #describe(): Promise<TableSchema> {
    const { dialect } = this.engine
    const rows = await this.engine.query(dialect.describe(queryOf(this.relation)).text)
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
    const [row] = await this.engine.query(`SELECT count(*) AS rows FROM ${this.relation.from.text}`, options)
    return Number(row?.['rows'])
  }

  /** All rows, whole in memory. */
  toArray(options?: QueryOptions): Promise<Record<Name, unknown>[]> {
    return this.engine.query(queryOf(this.relation).text, options) as Promise<Record<Name, unknown>[]>
  }

  /** The first rows, whole in memory. */
  head(rows = 5): Promise<Record<Name, unknown>[]> {
    return this.limit(rows).toArray()
  }

  /** Rows in batches, column by column, in constant memory. */
  batches(options?: QueryOptions): AsyncIterable<Batch> {
    return this.engine.stream(queryOf(this.relation).text, options)
  }

  /** Rows one by one, in constant memory. */
  async *rows(options?: QueryOptions): AsyncGenerator<Record<Name, unknown>> {
    for await (const batch of this.batches(options)) yield* rowsOf(batch) as Record<Name, unknown>[]
  }

  /** The values of a column of numbers as doubles; missing values are left out, NaN and ±Infinity stay. */
  async numbers(name: Name, options?: QueryOptions): Promise<Float64Array> {
    const [column] = resolveNames([name], this.relation.names, 'numbers') as [string]
    const value = ident(column).text
    const query = raw(`SELECT CAST(${value} AS DOUBLE) AS n FROM ${this.relation.from.text} WHERE ${value} IS NOT NULL`)
    const parts: Float64Array[] = []
    let length = 0
    for await (const batch of this.engine.stream(query.text, options)) {
      const part = Float64Array.from(batch.columns[0] as ArrayLike<number>)
      parts.push(part)
      length += part.length
    }
    const values = new Float64Array(length)
    let at = 0
    for (const part of parts) {
      values.set(part, at)
      at += part.length
    }
    return values
  }

  /** What the columns hold: counts, nulls, distinct values, range, mean, quartiles. */
  async profile(options: QueryOptions & { readonly columns?: readonly Name[] } = {}): Promise<Profile> {
    const { columns } = await this.schema()
    const kept = options.columns ? new Set(resolveNames(options.columns, this.relation.names, 'profile')) : undefined
    return profileOf(
      this.engine,
      this.relation,
      columns.filter(({ name }) => kept?.has(name) ?? true),
      options,
    )
  }

  /** Writes the rows to a file, whole or not at all. The format is told by the file's name. */
  write(path: string, options?: WriteOptions): Promise<void> {
    return writeFrame(this.engine, this.relation, path, options)
  }
}
