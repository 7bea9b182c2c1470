import type { GraphNode } from '../graph.ts'
import { nodeKey } from '../graph.ts'
import type { Walk } from '../walk.ts'
import { labelOf } from './label.ts'

/** How a tree is drawn. */
export interface TreeOptions {
  /** Default: {@link labelOf}, and jobs in brackets. */
  readonly label?: (node: GraphNode) => string
}

/**
 * A walk as two trees of text: what a node is made from, then what is made from it. A node that stands above already is not
 * drawn again, so that circles and diamonds end. Lines are indented by 40 steps at most: what lies deeper stands below itself.
 *
 * @param start key of the node; undefined for a whole graph, which is drawn from the datasets that are made from nothing
 * @example treeOf(walk(graph, key), key) // ['/srv/b.csv', '├ made from', '│ └ [clean]', …]
 */
export function treeOf(
  { nodes, edges }: Walk,
  start: string | undefined,
  { label = defaultLabel }: TreeOptions = {},
): string[] {
  const byKey = new Map(nodes.map(({ node }) => [nodeKey(node.kind, node), node]))
  const next = new Map<string, string[]>()
  const before = new Map<string, string[]>()
  for (const { from, to } of edges) {
    next.set(from, [...(next.get(from) ?? []), to])
    before.set(to, [...(before.get(to) ?? []), from])
  }
  const text = (key: string): string => label(byKey.get(key) as GraphNode)
  if (start === undefined) {
    const [roots, others] = [[] as string[], [] as string[]]
    for (const key of [...byKey.keys()].toSorted()) (before.has(key) ? others : roots).push(key)
    const drawn = new Set<string>()
    // What is made from nothing first; then what is left, which lies in circles.
    return [...roots, ...others].flatMap((key) =>
      drawn.has(key) ? [] : [text(key), ...branches(key, next, text, drawn)],
    )
  }
  if (!byKey.has(start)) return []
  const up = branches(start, before, text, new Set())
  const down = branches(start, next, text, new Set())
  return [text(start), ...(up.length > 0 ? ['made from', ...up] : []), ...(down.length > 0 ? ['makes', ...down] : [])]
}

function defaultLabel(node: GraphNode): string {
  return node.kind === 'job' ? `[${labelOf(node)}]` : labelOf(node)
}

/** Columns that lines are indented by at most: chains may be long. */
const DEEPEST = 80

/** The branches of a node, without recursion: chains may be long. */
function branches(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
  text: (key: string) => string,
  drawn: Set<string>,
): string[] {
  const lines: string[] = []
  drawn.add(start)
  const stack: { key: string; indent: string; isLast: boolean }[] = []
  const push = (from: string, indent: string): void => {
    const children = (edges.get(from) ?? []).toSorted()
    for (const [at, key] of children.toReversed().entries()) stack.push({ key, indent, isLast: at === 0 })
  }
  push(start, '')
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { key, indent, isLast } = top
    const isAgain = drawn.has(key)
    lines.push(`${indent}${isLast ? '└' : '├'} ${text(key)}${isAgain && edges.has(key) ? ' (above)' : ''}`)
    if (isAgain) continue
    drawn.add(key)
    push(key, indent.length < DEEPEST ? `${indent}${isLast ? ' ' : '│'} ` : indent)
  }
  return lines
}
