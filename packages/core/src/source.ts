import type { CsvLayout } from './dialect.ts'
import type { DatasetRef } from './dataset.ts'
import type { QueryOptions } from './engine.ts'
import type { Finding } from './finding.ts'
import type { Relation } from './relation.ts'

/** How a text table is written, where it is not as usual or not as it looks. */
export interface CsvOptions {
  /** Default: the one of `, tab ; |` that cuts the first lines most evenly. */
  readonly delimiter?: string | undefined
  /** Default: `"`. A quote within quotes is doubled. */
  readonly quote?: string | undefined
  /** Whether the first line names the columns. Default: true. */
  readonly header?: boolean | undefined
  /** Default: `utf-8`. */
  readonly encoding?: string | undefined
  /**
   * Cells that mean "no value", in every column. Default: the empty cell in every column; in columns that hold numbers,
   * dates or booleans otherwise, also `NA`, `N/A`, `NULL` and `null`.
   */
  readonly nulls?: readonly string[] | undefined
  /** Engine types of columns by name, as `{ zip: 'VARCHAR' }`; the other columns' types are found in the data. */
  readonly types?: Readonly<Record<string, string>> | undefined
}

/** A text table as it stands in its files, every cell a string: what a contract decodes by its own types. */
export interface TextTable {
  /** All columns as text; an empty cell and a declared null marker are NULL. */
  readonly relation: Relation
  readonly layout: CsvLayout
  /** Whether the null markers were declared, rather than usual. */
  readonly nullsDeclared: boolean
  /** The files that are really read, with the lines of `Source.files`: other ones where those had to be decoded or mended. */
  readonly files: readonly string[]
  /** The source's rows as they would be if they came from other files of the same layout, as a part of these. */
  over(files: readonly string[], options?: QueryOptions): Promise<Relation>
}

/** Where rows come from. One file a reader in `sources/`. */
export interface Source {
  readonly dataset: DatasetRef
  /** Absolute paths of the files, in the order of their rows. */
  readonly files: readonly string[]
  readonly relation: Relation
  /** Text tables only. */
  readonly text?: TextTable
  /** What reading has told of the data so far. */
  readonly notes?: () => readonly Finding[]
  /** The rows with their numbers from 1 as one more column, where the reader knows them without counting. */
  readonly numbered?: (column: string) => Relation
}
