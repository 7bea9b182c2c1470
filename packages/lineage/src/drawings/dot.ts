import { nodeKey } from '../graph.ts'
import type { Walk } from '../walk.ts'
import { labelOf } from './label.ts'

/**
 * A walk in the language of Graphviz.
 *
 * @see https://graphviz.org/doc/info/lang.html
 */
export function dotOf({ nodes, edges }: Walk): string[] {
  const ids = new Map(nodes.map(({ node }, at) => [nodeKey(node.kind, node), `n${at}`]))
  return [
    'digraph lineage {',
    '  rankdir=LR',
    ...nodes.map(
      ({ node }, at) =>
        `  n${at} [label="${escaped(labelOf(node))}", shape=${node.kind === 'dataset' ? 'cylinder' : 'box'}]`,
    ),
    ...edges.map(({ from, to }) => `  ${ids.get(from)} -> ${ids.get(to)}`),
    '}',
  ]
}

function escaped(text: string): string {
  return text
    .replaceAll(/\p{Control}/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
}
