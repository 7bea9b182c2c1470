import { isAddress } from '@dayshift/core/ground'
import {
  columnBasis,
  contentBasis,
  mtimeBasis,
  objectBasis,
  openS3,
  partitionBasis,
  runBasis,
  type Basis,
} from '@dayshift/monitor'
import { failure } from '../codes.ts'
import type { FreshnessBasis, FreshnessDefinition } from '../define-project.ts'
import type { Past } from './past.ts'
import type { FreshnessPlace } from './place.ts'

/**
 * The bases that settings ask for: those that they name, else those that a column and a partition imply.
 *
 * @throws DS_USAGE where a basis lacks what it needs, or a column or partition is named that no basis looks at
 */
export function namedBases(settings: FreshnessDefinition, path: string): readonly FreshnessBasis[] {
  const { basis, column, partition } = settings
  const named = typeof basis === 'string' ? [basis] : basis
  if (!named) {
    const implied = [
      ...(partition === undefined ? [] : ['partition' as const]),
      ...(column === undefined ? [] : ['column' as const]),
    ]
    if (implied.length > 0) return implied
    return isAddress(path) && !path.startsWith('file:') ? ['object'] : ['mtime']
  }
  for (const name of ['column', 'partition'] as const) {
    if (named.includes(name) && settings[name] === undefined)
      throw failure('DS_USAGE', `the basis ${name} needs one to be named`, { hint: `Name it with --${name} NAME.` })
  }
  return [...new Set(named)]
}

/** The bases of these names. */
export async function makeBases(
  names: readonly FreshnessBasis[],
  settings: FreshnessDefinition,
  place: FreshnessPlace,
  past: Past,
  holidays: readonly string[] | undefined,
): Promise<Basis[]> {
  const { files, timezone, column = '', partition = '', partitionCron: cron } = settings
  const make: Readonly<Record<FreshnessBasis, () => Basis | Promise<Basis>>> = {
    mtime: () => mtimeBasis({ files }),
    column: () => columnBasis(column, { timezone }),
    partition: () => partitionBasis(partition, { timezone, cron, holidays }),
    object: async () => objectBasis(place.path, await openS3(place.env), { files }),
    content: () => contentBasis(past.content),
    // What reads lineage is loaded when it is asked for.
    run: async () => {
      const { findLastRun } = await import('./last-run.ts')
      return runBasis(() => findLastRun(place))
    },
  }
  return Promise.all(names.map(async (name) => make[name]()))
}
