/** Plain data of a configuration, by keys. */
export type Tree = Readonly<Record<string, unknown>>

/** Where values of a configuration stand, by their paths: `transport.url` → `OPENLINEAGE__TRANSPORT__URL`. */
type Sources = ReadonlyMap<string, string>

/** A configuration, and where each value of it was said. */
export interface Said {
  readonly tree: Tree
  readonly sources: Sources
}

/** A value that holds others by keys. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All of a tree as said in one place. */
export function saidIn(tree: Tree, source: string): Said {
  const sources = new Map<string, string>()
  const walk = (value: unknown, path: string): void => {
    sources.set(path, source)
    if (isTree(value)) for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`)
  }
  walk(tree, '')
  sources.delete('')
  return { tree, sources }
}

/** Two configurations as one. Of a value that both say, the second's holds; what holds others by keys is put together. */
export function merged(first: Said, second: Said): Said {
  return { tree: mergedTrees(first.tree, second.tree), sources: new Map([...first.sources, ...second.sources]) }
}

function mergedTrees(first: Tree, second: Tree): Tree {
  const all: Record<string, unknown> = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const before = all[key]
    all[key] = isTree(before) && isTree(value) ? mergedTrees(before, value) : value
  }
  return all
}
