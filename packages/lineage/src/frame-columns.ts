import type { DatasetRef, Engine, Finding } from '@dayshift/core'
import { ident } from '@dayshift/core/ground'
import type { ColumnLineage } from './dataset-facets.ts'
import { treeOf } from './sql/duckdb-tree.ts'
import { functionsOf } from './sql/functions.ts'
import { lineageOf, untoldFinding } from './sql/result.ts'
import { tableOfQuery } from './sql/query.ts'
import type { SqlTable } from './sql/scope.ts'
import { NONE, sourceOf } from './sql/sources.ts'
import { textIn, Untold } from './sql/tree.ts'
import type { FoundColumns } from './sql-columns.ts'

/** What is asked of how a relation was made. */
interface StepLike {
  readonly verb: string
  readonly of: RelationLike
  readonly beside?: RelationLike | undefined
  readonly reads?: readonly string[] | undefined
}

/** What is asked of a relation. */
interface RelationLike {
  readonly from: { readonly text: string }
  readonly names: readonly string[]
  readonly made?: StepLike | undefined
  readonly dataset?: DatasetRef | undefined
  readonly keeps?: RelationLike | undefined
}

/** What was found of a frame. */
export interface FrameColumns extends FoundColumns {
  /** The datasets that it was opened from. */
  readonly inputs: readonly DatasetRef[]
}

/** What is asked of a frame of `@dayshift/core`. */
export interface FrameLike {
  readonly engine: Pick<Engine, 'query'>
  readonly relation: RelationLike
}

/**
 * Which columns of the datasets that it was opened from a frame's columns are made of, by its verbs. No rows are read.
 *
 * What a sample leaves out is not looked at. Of a column that a function of `map` gives, it is told only where `reads` says
 * what the function looks at; there a finding names it.
 *
 * @example
 * const { lineage } = await columnsOfFrame(orders.join(customers, { on: 'id' }).select('id', 'name'))
 * columnLineageFacet(lineage)
 */
export async function columnsOfFrame({ engine, relation }: FrameLike): Promise<FrameColumns> {
  const bases = new Bases()
  const columns = relation.names
  try {
    const text = bases.textOf(relation)
    const tree = await treeOf(`SELECT * FROM ${text}`, engine)
    const table = tableOfQuery(tree, {
      ...(await functionsOf(engine)),
      leaf: (node) => bases.tableOf(textIn(node, 'table_name')),
      isOpaque: (name) => bases.opaque.has(name),
    })
    const lineage = lineageOf(table, columns, columns)
    return { inputs: bases.datasets, columns, lineage, warnings: unsureFindings(columns, lineage) }
  } catch (error) {
    if (!(error instanceof Untold)) throw error
    return { inputs: bases.datasets, columns, lineage: undefined, warnings: [untoldFinding(error.message)] }
  }
}

/** The relations that verbs began with, each as a table of its own name in SQL. */
class Bases {
  readonly #tables = new Map<string, SqlTable>()
  readonly #datasets = new Map<string, DatasetRef>()
  /** Functions in JavaScript of which is not said what they look at. */
  readonly opaque = new Set<string>()

  get datasets(): readonly DatasetRef[] {
    return [...this.#datasets.values()]
  }

  tableOf(name: string): SqlTable {
    const table = this.#tables.get(name)
    if (!table) throw new Untold(`the columns of ${name} are not known`)
    return table
  }

  /** The SQL of a relation, down to the datasets that were opened, which have names in it in place of how they are read. */
  textOf(relation: RelationLike): string {
    const { from, names, made, dataset, keeps } = relation
    if (dataset) return this.#named(dataset, names)
    if (keeps) return this.textOf(keeps)
    if (!made) throw new Untold('where some of its rows come from is not known')
    // Its columns are the same, whichever rows are drawn.
    if (made.verb === 'sample') return this.textOf(made.of)
    if (made.verb === 'map' && made.reads === undefined) {
      for (const name of functionsIn(from.text))
        if (!functionsIn(made.of.from.text).includes(name)) this.opaque.add(name)
    }
    const first = replaced(from.text, 0, made.of.from.text, this.textOf(made.of))
    return made.beside
      ? replaced(first.text, first.end, made.beside.from.text, this.textOf(made.beside)).text
      : first.text
  }

  #named(opened: DatasetRef, names: readonly string[]): string {
    const dataset = { namespace: opened.namespace, name: opened.name }
    this.#datasets.set(JSON.stringify(dataset), opened)
    const table = `dayshift base ${this.#tables.size}`
    this.#tables.set(table, {
      columns: names.map((column) => ({ name: column, sources: sourceOf(dataset, column) })),
      rows: NONE,
    })
    return ident(table).text
  }
}

function functionsIn(text: string): readonly string[] {
  return [...text.matchAll(/\bdayshift_map_\w+/g)].map(([name]) => name.toLowerCase())
}

/** A text with a part of it replaced, the first from a place on. */
function replaced(
  text: string,
  from: number,
  part: string,
  by: string,
): { readonly text: string; readonly end: number } {
  const at = text.indexOf(part, from)
  if (at < 0) throw new Untold('how one of its verbs works is not known here')
  return { text: text.slice(0, at) + by + text.slice(at + part.length), end: at + by.length }
}

function unsureFindings(columns: readonly string[], { fields, dataset }: ColumnLineage): Finding[] {
  const unsure = columns.filter((column) => !Object.hasOwn(fields, column))
  return [
    ...unsure.map((column): Finding => ({ ...untoldFinding(`a function gives ${column}`), column, hint: HINT })),
    ...(dataset ? [] : [{ ...untoldFinding('what a function gives decides which rows there are'), hint: HINT }]),
  ]
}

const HINT = 'Say what the function looks at: map(columns, give, { reads: [...] }).'
