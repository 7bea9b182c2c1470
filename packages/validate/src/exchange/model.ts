import type { ColumnOptions, Strictness } from '../column.ts'
import type { ExtraColumns } from '../contract.ts'
import type { Note } from '../note.ts'
import type { Anchoring } from './python/from-python.ts'
import type { RefineCheck, RowCount, TableCheck, UniqueKey } from '../table-check.ts'

/**
 * A contract as plain data: what the formats of other tools are read into and written from, and what TypeScript is written
 * from. It holds no code.
 */
export interface ContractModel {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly columns: readonly ColumnModel[]
  readonly patterns: readonly PatternModel[]
  readonly extra: ExtraColumns
  readonly ordered: boolean
  readonly missing?: readonly string[] | undefined
  /** Keys of several columns, and of single ones that have a strictness of their own. */
  readonly unique: readonly UniqueKey[]
  readonly references: readonly ReferenceModel[]
  readonly rows?: RowCount | undefined
  readonly checks: readonly ModelCheck[]
  /** What was met on the way and could not be carried over. */
  readonly notes: readonly Note[]
}

/** A check of a table that is no code. */
export type ModelCheck = Exclude<TableCheck, RefineCheck>

/** Columns by a pattern of their names. */
export interface PatternModel {
  readonly name: PatternRule
  readonly column: ColumnModel
  readonly required: boolean
}

/** A foreign key into a source that is named. */
export interface ReferenceModel extends Strictness {
  readonly columns: readonly string[]
  readonly to: string
  readonly on?: readonly string[] | undefined
  /** Whether each row there must be referred to as well. */
  readonly both?: boolean | undefined
}

/** What the values of a column are. */
export type ModelType = 'string' | 'integer' | 'number' | 'bigint' | 'boolean' | 'datetime' | 'any'

/** What may be left out: nothing, the whole column, or any value of it, which null need not stand for. */
export type Optional = 'no' | 'column' | 'value'

/** Whether values of a column may be missing. */
export function mayBeMissing({ nullable, optional, fallback }: ColumnModel): boolean {
  return nullable || optional === 'value' || fallback !== undefined
}

/** A column as plain data. */
export interface ColumnModel {
  readonly name: string
  readonly type: ModelType
  /** Whether null is a value of it. */
  readonly nullable: boolean
  readonly optional: Optional
  /** What stands for a missing value. */
  readonly fallback?: unknown
  readonly rules: readonly Rule[]
  readonly options: ColumnOptions
  /** The column as JSON Schema, where it is more than a type with rules. */
  readonly jsonSchema?: Readonly<Record<string, unknown>> | undefined
}

/** A pattern that texts match: where it was one of Python, also as it stood there. */
export interface PatternRule {
  readonly rule: 'pattern'
  readonly pattern: RegExp
  readonly python?: string | undefined
  readonly anchoring?: Anchoring | undefined
}

/** What a value must be beyond its type. */
export type Rule = Demand & {
  /** Whether failures are warnings. */
  readonly warns?: boolean | undefined
}

type Demand =
  | {
      readonly rule: 'min' | 'max'
      readonly value: number | bigint | string | Date
      readonly exclusive?: boolean | undefined
    }
  | { readonly rule: 'multiple_of'; readonly value: number }
  | { readonly rule: 'length'; readonly min?: number | undefined; readonly max?: number | undefined }
  | PatternRule
  /** A form of texts by Zod's name: `email`, `date`. Those that are nothing but a pattern have it. */
  | { readonly rule: 'format'; readonly format: string; readonly pattern?: RegExp | undefined }
  | { readonly rule: 'starts_with' | 'ends_with' | 'includes'; readonly text: string }
  | { readonly rule: 'one_of'; readonly values: readonly RuleValue[] }

/** A value that a list of values has. */
export type RuleValue = string | number | boolean | bigint | Date
