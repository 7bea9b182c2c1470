import {
  columnCsvOf,
  csvOf,
  dotOf,
  labelOf,
  mermaidOf,
  treeOf,
  walk,
  type ColumnEdge,
  type GraphNode,
  type LineageGraph,
} from '@dayshift/lineage'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { numberFlag } from '../../flags.ts'
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
    'the last run that read or wrote anything, with --history all of them.',
  ],
  flags: {
    upstream: { type: 'string', value: 'N', help: 'at most so many datasets up (default: all)' },
    downstream: { type: 'string', value: 'N', help: 'at most so many datasets down (default: all)' },
    columns: { type: 'boolean', help: 'columns too, where events tell them' },
    history: { type: 'boolean', help: 'all runs of each job' },
    ...lineageFlags,
  },
  examples: [
    'dayshift lineage graph',
    'dayshift lineage graph data/train.csv --upstream 2 --downstream 0',
    'dayshift lineage graph train --format mermaid',
  ],
  formats: ['text', 'json', 'mermaid', 'dot', 'csv'],
  run: async (context) => {
    const { flags, positionals, cwd, terminal } = context
    const [word, second] = positionals
    if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one name is taken`)
    const [upstream, downstream] = [numberFlag('upstream', flags.upstream), numberFlag('downstream', flags.downstream)]
    const log = await openLog(context)
    const graph = graphOfLog(log, flags.history === true)
    const start = word === undefined ? undefined : await nodeNamed(graph, word, log.folder, cwd)
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
  const isShown = ({ namespace, name }: ColumnEdge['from']): boolean => shown.has(JSON.stringify([namespace, name]))
  return graph.columns.filter(({ from, to }) => isShown(from) && isShown(to))
}

function columnLines(columns: readonly ColumnEdge[], cwd: string): string[] {
  if (columns.length === 0) return ['no event tells which columns are made from which']
  const place = (column: ColumnEdge['from']): string => `${placeWords(column, cwd)} › ${printable(column.field)}`
  return columns.map(({ from, to, type, subtype }) => {
    const how = [
      ...(type === 'INDIRECT' ? ['indirect'] : []),
      ...(subtype === undefined ? [] : [subtype.toLowerCase()]),
    ]
    return `${place(to)}  from  ${place(from)}${how.length > 0 ? `  (${how.join(', ')})` : ''}`
  })
}
