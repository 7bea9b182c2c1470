import { failure } from '../codes.ts'

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

/** More levels than these has no configuration. */
const DEEPEST = 64

/**
 * Refuses what has no end: in YAML an alias may stand within what it names.
 *
 * @throws DS_LINEAGE_CONFIG, with the place
 */
export function refuseEndless(value: unknown, source: string): void {
  const walk = (one: unknown, path: readonly string[], around: readonly unknown[]): void => {
    if (typeof one !== 'object' || one === null) return
    const at = around.indexOf(one)
    const isDeep = path.length > DEEPEST
    if (at >= 0 || isDeep) {
      const place = [source, ...(at > 0 ? [path.slice(0, at).join('.')] : [])].join(' › ')
      const problem = at >= 0 ? 'holds itself: it has an alias of what it is in' : `lies deeper than ${DEEPEST} levels`
      throw failure('DS_LINEAGE_CONFIG', `${place} ${problem}`, {
        where: source,
        hint: 'Write it out instead: an alias (*name) may not stand within what &name marks.',
      })
    }
    for (const [key, item] of Object.entries(one)) walk(item, [...path, key], [...around, one])
  }
  walk(value, [], [])
}

/**
 * All of a tree as said in one place.
 *
 * @throws DS_LINEAGE_CONFIG where it has no end
 */
export function saidIn(tree: Tree, source: string): Said {
  refuseEndless(tree, source)
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
