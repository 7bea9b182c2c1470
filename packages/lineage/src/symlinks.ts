import type { RunDataset } from './runs.ts'

/** A name of a dataset. */
type Name = Pick<RunDataset, 'namespace' | 'name'>

/** What is read of a run. */
interface Naming {
  readonly startedAt: string
  readonly inputs: readonly RunDataset[]
  readonly outputs: readonly RunDataset[]
}

type Claim = readonly [at: string, of: string]

/**
 * Other names of datasets, from their facet `symlinks`: a table of Hive and the folder in which it lies are one dataset. Where
 * two datasets claim one name, the later run holds, as for a table that moved; where two are each other's other name, the
 * lesser in the order of text stands for both. The order of runs does not matter.
 *
 * @param keyOf what names a dataset
 * @returns the key of the dataset by the key of its other name
 */
export function aliasesOf(runs: Iterable<Naming>, keyOf: (dataset: Name) => string): Map<string, string> {
  const claims = new Map<string, Claim>()
  for (const { startedAt, inputs, outputs } of runs) {
    for (const dataset of [...inputs, ...outputs]) {
      const of = keyOf(dataset)
      for (const other of identifiersOf(dataset)) {
        const key = keyOf(other)
        const before = claims.get(key)
        const isLater = !before || before[0] < startedAt || (before[0] === startedAt && before[1] < of)
        if (key !== of && isLater) claims.set(key, [startedAt, of])
      }
    }
  }
  const aliases = new Map<string, string>()
  for (const key of claims.keys()) {
    const end = followed(key, claims)
    if (end !== key) aliases.set(key, end)
  }
  return aliases
}

/** Where a chain of names ends; where it is a circle, the least name in it. */
function followed(start: string, claims: ReadonlyMap<string, Claim>): string {
  const path: string[] = []
  let key = start
  for (let next = claims.get(key); next !== undefined; next = claims.get(key)) {
    const met = path.indexOf(key)
    if (met >= 0) return path.slice(met).reduce((least, one) => (one < least ? one : least))
    path.push(key)
    key = next[1]
  }
  return key
}

function identifiersOf({ facets }: RunDataset): Name[] {
  const listed = facets['symlinks']?.['identifiers']
  return (Array.isArray(listed) ? (listed as unknown[]) : []).flatMap((one) => {
    const { namespace, name } = (one ?? {}) as Record<string, unknown>
    return typeof namespace === 'string' && typeof name === 'string' ? [{ namespace, name }] : []
  })
}
