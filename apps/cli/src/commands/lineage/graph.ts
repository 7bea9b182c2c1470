import { nearest } from '@dayshift/core/ground'
import {
  columnCsvOf,
  columnsOf,
  csvOf,
  dotOf,
  labelOf,
  mermaidOf,
  treeOf,
  walk,
  type ColumnEdge,
  type GraphColumn,
  type GraphDataset,
  type GraphNode,
  type LineageGraph,
} from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand, type Outcome } from '../../command.ts'
import { numberFlag } from '../../flags.ts'
import { formatOfFlags } from '../../output-format.ts'
import { graphOfLog, lineageFlags, nodeNamed, openLog } from '../../lineage/command.ts'
import { placeWords, STATE_STYLES } from '../../lineage/run-words.ts'
import { count, printable } from '../../render/words.ts'
import type { Terminal } from '../../terminal.ts'

export const command = defineCommand({
  name: 'lineage graph',
  summary: 'draw what a dataset is made from, and what from it',
  usage: '[<name>]',
  description: [
    'Draws which jobs read and write which datasets: all of them, or what a dataset or job is made from and what is made from it.',
    'A dataset is named by its path, address, name in lineage or name in the catalog; a job by its name. Of each job counts',
    'the last run that read or wrote anything, with --history all of them. --column tells which columns one column of a',
    'dataset is made of, however far, and which change with it.',
  ],
  flags: {
    upstream: { type: 'string', value: 'N', help: 'at most so many datasets up (default: all)' },
    downstream: { type: 'string', value: 'N', help: 'at most so many datasets down (default: all)' },
    columns: { type: 'boolean', help: 'columns too, where events tell them' },
    column: { type: 'string', value: 'NAME', help: 'one column of the dataset: what it is made of, and what of it' },
    history: { type: 'boolean', help: 'all runs of each job' },
    ...lineageFlags,
  },
  examples: [
    'dayshift lineage graph',
    'dayshift lineage graph data/train.csv --upstream 2 --downstream 0',
    'dayshift lineage graph data/train.csv --column amount',
    'dayshift lineage graph train --format mermaid',
  ],
  formats: ['text', 'json', 'html', 'mermaid', 'dot', 'csv'],
  run: async (context) => {
    const { flags, positionals, cwd, terminal } = context
    const [word, second] = positionals
    if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one name is taken`)
    const [upstream, downstream] = [numberFlag('upstream', flags.upstream), numberFlag('downstream', flags.downstream)]
    const log = await openLog(context)
    const graph = graphOfLog(log, flags.history === true)
    const start = word === undefined ? undefined : await nodeNamed(graph, word, log, cwd)
    if (flags.column !== undefined) refuseDrawings(formatOfFlags(flags))
    if (flags.column !== undefined) return columnOutcome(graph, start, flags.column, cwd)
    const part = walk(graph, start, {
      ...(upstream === undefined ? {} : { upstream }),
      ...(downstream === undefined ? {} : { downstream }),
    })
    const nodes = part.nodes.map(({ node }) => node)
    const columns = flags.columns ? columnsWithin(graph, nodes) : undefined
    const datasets = nodes.filter(({ kind }) => kind === 'dataset').length
    return {
      reports: [],
      result: {
        nodes: part.nodes.map(({ node, distance }) => ({ ...node, distance })),
        edges: part.edges.map(({ from, to }) => ({ from: endOf(from), to: endOf(to) })),
        ...(columns ? { columns } : {}),
      },
      subject: word,
      text: [
        ...treeOf(part, start, { label: (node) => nodeWords(node, cwd, terminal) }),
        ...(columns ? columnLines(columns, cwd) : []),
        `${count(datasets, 'dataset')}, ${count(nodes.length - datasets, 'job')}`,
      ],
      drawings: {
        mermaid: mermaidOf(part),
        dot: dotOf(part),
        csv: columns ? columnCsvOf(columns) : csvOf(part),
      },
    }
  },
})

function refuseDrawings(format: string): void {
  if (format !== 'mermaid' && format !== 'dot') return
  throw failure('DS_USAGE', `--column draws nothing as ${format}`, { hint: 'Take text, json or csv.' })
}

/** What a column is made of, and what changes with it. */
function columnOutcome(graph: LineageGraph, start: string | undefined, field: string, cwd: string): Outcome {
  const { kind, namespace, name } = start === undefined ? { kind: 'job' } : endOf(start)
  if (kind !== 'dataset' || namespace === undefined || name === undefined)
    throw failure('DS_USAGE', '--column is a column of a dataset, which is to be named', {
      hint: 'As in dayshift lineage graph data/train.csv --column amount.',
    })
  const column: GraphColumn = { namespace, name, field: knownField(graph, { namespace, name, field }) }
  const [upstream, downstream] = [columnsOf(graph, column, 'upstream'), columnsOf(graph, column, 'downstream')]
  const section = (title: string, edges: readonly ColumnEdge[]): string[] =>
    edges.length > 0 ? [title, ...columnLines(edges, cwd).map((line) => `  ${line}`)] : []
  const place = `${placeWords(column, cwd)} › ${printable(column.field)}`
  const datasets = new Set(downstream.map(({ to }) => JSON.stringify([to.namespace, to.name]))).size
  return {
    reports: [],
    result: { column, upstream, downstream },
    text: [
      ...section(`${place} is made of`, upstream),
      ...section(`${place} goes into`, downstream),
      downstream.length === 0
        ? `nothing that is known is made of ${place}`
        : `${count(datasets, 'dataset')} ${datasets === 1 ? 'changes' : 'change'} with it`,
    ],
    drawings: { csv: columnCsvOf([...upstream, ...downstream]) },
  }
}

/** A column as events write it. */
function knownField({ columns }: LineageGraph, { namespace, name, field }: GraphColumn): string {
  const own = columns
    .flatMap(({ from, to }) => [from, to])
    .filter((one) => one.namespace === namespace && one.name === name)
    .flatMap((one) => one.field ?? [])
  const found = own.find((one) => one === field) ?? own.find((one) => one.toLowerCase() === field.toLowerCase())
  if (found !== undefined) return found
  const near = nearest(field, [...new Set(own)])
  throw failure('DS_LINEAGE_UNKNOWN', `no event tells of a column ${field} of ${name}`, {
    hint: near === undefined ? 'dayshift lineage graph --columns lists those that are known.' : `Did you mean ${near}?`,
  })
}

/** An end of an edge, from the key of its node. */
function endOf(key: string): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const [kind, namespace, name] = JSON.parse(key) as [string, string, string]
  return { kind, namespace, name }
}

function nodeWords(node: GraphNode, cwd: string, terminal: Terminal): string {
  const name = node.kind === 'dataset' ? placeWords(node, cwd) : printable(labelOf(node))
  if (node.kind === 'dataset') {
    return node.version === undefined ? name : `${name}  ${terminal.paint('dim', printable(node.version.slice(0, 12)))}`
  }
  const { lastRun } = node
  if (!lastRun) return `[${name}]`
  const state = terminal.paint(STATE_STYLES[lastRun.state], lastRun.state.toLowerCase())
  return `[${name}]  ${state} ${lastRun.startedAt.slice(0, 10)}`
}

/** Column edges of which both ends are shown. */
function columnsWithin(graph: LineageGraph, nodes: readonly GraphNode[]): ColumnEdge[] {
  const shown = new Set(nodes.map(({ namespace, name }) => JSON.stringify([namespace, name])))
  const isShown = ({ namespace, name }: GraphDataset): boolean => shown.has(JSON.stringify([namespace, name]))
  return graph.columns.filter(({ from, to }) => isShown(from) && isShown(to))
}

function columnLines(columns: readonly ColumnEdge[], cwd: string): string[] {
  if (columns.length === 0) return ['no event tells which columns are made from which']
  const place = (column: ColumnEdge['to']): string =>
    `${placeWords(column, cwd)} › ${column.field === undefined ? 'all columns' : printable(column.field)}`
  return columns.map(({ from, to, type, subtype }) => {
    const how = [
      ...(type === 'INDIRECT' ? ['indirect'] : []),
      ...(subtype === undefined ? [] : [subtype.toLowerCase()]),
    ]
    return `${place(to)}  from  ${place(from)}${how.length > 0 ? `  (${how.join(', ')})` : ''}`
  })
}
