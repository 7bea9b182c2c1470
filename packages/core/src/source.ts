import type { CsvLayout } from './dialect.ts'
import type { DatasetRef } from './dataset.ts'
import type { QueryOptions } from './engine.ts'
import type { Finding } from './finding.ts'
import type { PlaceCursor } from './places.ts'
import type { FileFormat } from './format.ts'
import type { Relation } from './relation.ts'
import type { DrawnFacts } from './sampling/drawn.ts'
import type { SamplePlan } from './sampling/plan.ts'
import type { FormLook, FormsSeen } from './text/form-walk.ts'
import type { CellTask } from './text/walk.ts'

/** How a text table is written, where it is not as usual or not as it looks. */
export interface CsvOptions {
  /** Default: the one of `, tab ; |` that cuts the first lines most evenly. */
  readonly delimiter?: string | undefined
  /** Default: `"`. A quote within quotes is doubled. */
  readonly quote?: string | undefined
  /** Whether the first line names the columns. Default: true. */
  readonly header?: boolean | undefined
  /** What escapes a quote within quotes. Default: the quote itself. */
  readonly escape?: string | undefined
  /** Names of the columns. Where they are given, `header` is false unless it is said to be true; its names are then replaced. */
  readonly names?: readonly string[] | undefined
  /** Lines before the header, or before the first row, that are no part of the table. Default: 0. */
  readonly skip?: number | undefined
  /** Lines, and ends of lines, that begin with this character are left out. Default: none. */
  readonly comment?: string | undefined
  /** A label of the WHATWG Encoding Standard, as `latin-1`, `windows-1252`, `utf-16`, `shift_jis`. Default: `utf-8`, or what a byte order mark tells. */
  readonly encoding?: string | undefined
  /**
   * What becomes of records that break the rules: too few or too many cells, quotes that are not closed, bytes that are
   * not of the encoding. `error` stops at the first; `skip` leaves them out and tells their number; a path keeps them in
   * that file, as JSON Lines of `{ file, line, reason, record }`. Default: `error`.
   */
  readonly badLines?: 'error' | 'skip' | { readonly quarantine: string } | undefined
  /**
   * Cells that mean "no value", in every column. Default: the empty cell in every column; in columns that hold numbers,
   * dates or booleans otherwise, also `NA`, `N/A`, `NULL` and `null`.
   */
  readonly nulls?: readonly string[] | undefined
  /** Engine types of columns by name, as `{ zip: 'VARCHAR' }`; the other columns' types are found in the data. */
  readonly types?: Readonly<Record<string, string>> | undefined
}

/** How a source was said to be read, where it is not as it looks. Plain data. */
export interface Reading extends Omit<CsvOptions, 'badLines'> {
  readonly format?: FileFormat | undefined
  readonly hive?: boolean | undefined
  /** Records that break the rules are left out, whether or not they were kept then. */
  readonly badLines?: 'skip' | undefined
}

/** A column of a text table whose name in the header is another one's too, case aside. */
export interface RenamedColumn {
  /** As the header has it. */
  readonly written: string
  /** As it is called here. */
  readonly name: string
}

/** A text table as it stands in its files, every cell a string: what a contract decodes by its own types. */
export interface TextTable {
  /** All columns as text; an empty cell and a declared null marker are NULL. */
  readonly relation: Relation
  readonly layout: CsvLayout
  /** Columns that are not called as the header has it. */
  readonly renamed: readonly RenamedColumn[]
  /** Whether the null markers were declared, rather than usual. */
  readonly nullsDeclared: boolean
  /** The files that are really read, with the lines of `Source.files`: other ones where those had to be decoded or mended. */
  readonly files: readonly string[]
  /** Whether the columns' types are those of all cells; they are, once the source's relation was prepared. */
  readonly typesSettled: boolean
  /** Finds the types on somebody's walk over all records; nothing where they are settled, or bytes do not tell them. */
  typesCheck(): TypesCheck | undefined
  /** Whether bytes tell the records: not those of compressed files, escapes or comments. Looks, unless it is known. */
  isRegular(options: QueryOptions): Promise<boolean>
  /**
   * Looks at the bytes of all cells, which takes a fraction of the time that reading them does. The types must be settled,
   * and the table be regular.
   *
   * @throws DS_SOURCE_MALFORMED where it is not any more
   */
  walk(look: FormLook, options: QueryOptions): Promise<FormsSeen>
  /** The source's rows as they would be if they came from other files of the same layout, as a part of these. */
  over(files: readonly string[], options?: QueryOptions): Promise<Relation>
}

/** Finds the types of a text table's columns beside other work. */
export interface TypesCheck {
  /** What to do with the cells of all files. */
  readonly task: CellTask
  /**
   * Settles the types after all files were walked; where that did not tell them, by looking at all cells again.
   *
   * @param breaks whether a record has a line end in quotes
   */
  settle(breaks: boolean, options: QueryOptions): Promise<void>
}

/** A sample that rows come from. */
interface SampleOrigin {
  readonly plan: SamplePlan
  readonly reading: Reading | undefined
  /** The verbs before it. */
  readonly verbs: readonly string[]
  readonly facts: (options?: QueryOptions) => Promise<DrawnFacts>
}

/** Where rows come from. One file a reader in `sources/`. */
export interface Source {
  readonly dataset: DatasetRef
  /** Absolute paths of the files, in the order of their rows. */
  readonly files: readonly string[]
  /** The files in which records are kept that reading leaves out, where there are such. */
  readonly quarantines?: readonly string[] | undefined
  readonly relation: Relation
  /** Text tables only. */
  readonly text?: TextTable
  /** JSON files only, where no types were declared: the objects as they are written, as one column of text, `json`. */
  readonly objects?: Relation | undefined
  /** How it was said to be read, where anything was said. */
  readonly reading?: Reading | undefined
  /** What reading has told of the data so far. */
  readonly notes?: () => readonly Finding[]
  /** The rows with their numbers from 1 as one more column, where the reader knows them without counting. */
  readonly numbered?: ((column: string) => Relation) | undefined
  /** Tells where rows stand in the files, where the reader knows. */
  readonly places?: (() => PlaceCursor) | undefined
  /** The sample that the rows come from, where they do. */
  readonly sample?: SampleOrigin | undefined
}
