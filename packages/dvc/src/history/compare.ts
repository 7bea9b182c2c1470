import { lstatSync } from 'node:fs'
import { breather } from '../breather.ts'
import { objectPathIn } from '../cache/objects.ts'
import type { DataIndex, IndexEntry } from './data-index.ts'
import { compareCodePoints } from '../formats/python.ts'
import { sameHash } from './record.ts'

/** How one path differs between two trees; `unknown` where one of them cannot tell what it has there. */
export type Difference =
  | { readonly kind: 'added'; readonly before?: never; readonly after: IndexEntry }
  | { readonly kind: 'deleted'; readonly before: IndexEntry; readonly after?: never }
  | { readonly kind: 'modified' | 'renamed'; readonly before: IndexEntry; readonly after: IndexEntry }
  | { readonly kind: 'unchanged' | 'unknown'; readonly before?: IndexEntry; readonly after?: IndexEntry }

/** How trees are compared. */
export interface CompareOptions {
  /** Where to begin; at the root by default. */
  readonly roots?: readonly string[]
  /** Whether directories that have a hash are one thing, and not looked into; false by default. */
  readonly isShallow?: boolean
  /** What makes a path be there: a hash, or an entry with or without one. */
  readonly by: 'hash' | 'entry'
  /** Whether what is equal is told too; false by default: then equal directories are not looked into. */
  readonly isComplete?: boolean
  readonly signal?: AbortSignal | undefined
}

interface Pair {
  readonly before?: IndexEntry | undefined
  readonly after?: IndexEntry | undefined
  readonly isUnknown: boolean
}

/**
 * Compares two trees as DVC does: by hashes, and what went at one place and came at another with the same hash is
 * renamed. Ordered by path; a rename by where the data is now.
 */
export async function compareIndexes(
  before: DataIndex,
  after: DataIndex,
  { by, roots = [''], isShallow = false, isComplete = false, signal }: CompareOptions,
): Promise<Difference[]> {
  const breathe = breather(signal)
  const found: Difference[] = []
  const open: Pair[] = []
  for (const path of roots) {
    open.push({ before: await before.entry(path), after: await after.entry(path), isUnknown: false })
  }
  for (let pair = open.pop(); pair; pair = open.pop()) {
    await breathe()
    const difference = differenceOf(pair, by)
    if (difference && (isComplete || difference.kind !== 'unchanged')) found.push(difference)
    const isEqual = pair.before?.hash !== undefined && difference?.kind === 'unchanged'
    if (isEqual && !isComplete) continue
    const [old, now] = [await lookInto(before, pair.before, isShallow), await lookInto(after, pair.after, isShallow)]
    const isUnknown = pair.isUnknown || old === undefined || now === undefined
    const byPath = new Map(old?.map((entry) => [entry.path, entry]))
    for (const entry of now ?? []) {
      open.push({ before: byPath.get(entry.path), after: entry, isUnknown })
      byPath.delete(entry.path)
    }
    for (const entry of byPath.values()) open.push({ before: entry, isUnknown })
  }
  return withRenames(found)
}

/** What a difference is about: the newer side, where there is one. */
export function subjectOf({
  after,
  before,
}: {
  readonly after?: IndexEntry
  readonly before?: IndexEntry
}): IndexEntry {
  return after ?? (before as IndexEntry)
}

/** Orders paths by their parts, as DVC does: `a/z` comes before `a-b`. */
export function comparePaths(a: string, b: string): number {
  return compareCodePoints(a.replaceAll('/', '\0'), b.replaceAll('/', '\0'))
}

async function lookInto(
  index: DataIndex,
  entry: IndexEntry | undefined,
  isShallow: boolean,
): Promise<readonly IndexEntry[] | undefined> {
  return entry?.isDirectory && !(isShallow && entry.hash) ? index.within(entry.path) : []
}

function differenceOf({ before, after, isUnknown }: Pair, by: CompareOptions['by']): Difference | undefined {
  if (!before && !after) return undefined
  const both = { ...(before ? { before } : {}), ...(after ? { after } : {}) }
  if (isUnknown) return { kind: 'unknown', ...both }
  const [was, is] = by === 'hash' ? [before?.hash, after?.hash] : [before, after]
  if (before && !is && was) return { kind: 'deleted', before }
  if (after && !was && is) return { kind: 'added', after }
  if (!before || !after) return { kind: 'unchanged', ...both }
  const isSame = sameHash(before.hash, after.hash) && (by === 'hash' || before.isDirectory === after.isDirectory)
  return { kind: isSame ? 'unchanged' : 'modified', before, after }
}

function withRenames(found: readonly Difference[]): Difference[] {
  const ordered = found.toSorted((a, b) => comparePaths(subjectOf(a).path, subjectOf(b).path))
  const gone = new Map<string | undefined, IndexEntry[]>()
  for (const one of ordered) {
    if (one.kind !== 'deleted') continue
    const key = keyOf(one.before)
    const list = gone.get(key)
    if (list) list.push(one.before)
    else if (key !== undefined) gone.set(key, [one.before])
  }
  const taken = new Map<string, number>()
  const moved = new Set<IndexEntry>()
  const renamed = ordered.map((one): Difference => {
    if (one.kind !== 'added') return one
    const key = keyOf(one.after) ?? ''
    const at = taken.get(key) ?? 0
    const before = gone.get(key)?.[at]
    if (!before) return one
    taken.set(key, at + 1)
    moved.add(before)
    return { kind: 'renamed', before, after: one.after }
  })
  return renamed.filter((one) => one.kind !== 'deleted' || !moved.has(one.before))
}

function keyOf({ hash }: IndexEntry): string | undefined {
  return hash && `${hash.algorithm} ${hash.digits}`
}

/** The path as DVC shows it: that of a directory ends with a slash. */
export function shownPath({ path, isDirectory }: IndexEntry): string {
  return isDirectory ? `${path}/` : path
}

/** What was recorded, and whose object the cache lacks. */
export function lostOf(cacheDir: string, differences: readonly Difference[]): IndexEntry[] {
  return differences.flatMap(({ before }) => {
    if (!before?.hash) return []
    const place = objectPathIn(cacheDir, before.hash.digits, before.hash.algorithm)
    return lstatSync(place, { throwIfNoEntry: false }) ? [] : [before]
  })
}
