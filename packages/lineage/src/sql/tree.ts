/** A node of DuckDB's parse tree, as `json_serialize_sql` gives it. */
export type Node = Readonly<Record<string, unknown>>

/** Why columns cannot be told, in words that end a sentence. Nothing is wrong with the query. */
export class Untold extends Error {}

/** The nodes in a list of a node; none where there is no such list. */
export function nodesIn(node: Node | undefined, key: string): readonly Node[] {
  const value = node?.[key]
  return Array.isArray(value) ? (value as readonly Node[]) : []
}

/** The node under a key. */
export function nodeIn(node: Node | undefined, key: string): Node | undefined {
  const value = node?.[key]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : undefined
}

/** The text under a key; empty where there is none, which is how the tree says so itself. */
export function textIn(node: Node | undefined, key: string): string {
  const value = node?.[key]
  return typeof value === 'string' ? value : ''
}

/** The texts in a list of a node. */
export function textsIn(node: Node | undefined, key: string): readonly string[] {
  return nodesIn(node, key).map(String)
}

/** The text of a constant; undefined for another expression. */
export function constantText(node: Node | undefined): string | undefined {
  const value = textIn(node, 'class') === 'CONSTANT' ? nodeIn(node, 'value')?.['value'] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The whole number of a constant, as of `ORDER BY 2`. */
export function constantNumber(node: Node): number | undefined {
  const value = textIn(node, 'class') === 'CONSTANT' ? nodeIn(node, 'value')?.['value'] : undefined
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined
}

/** All nodes below one, itself first; queries within expressions are left out unless `within`. */
export function* descend(node: Node, within: boolean): Generator<Node> {
  yield node
  if (!within && textIn(node, 'class') === 'SUBQUERY') return
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'object' && one !== null) yield* descend(one as Node, within)
    }
  }
}

/** A name as the engine compares names: of its letters those of ASCII count in either case. */
export function folded(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
