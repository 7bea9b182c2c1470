import { lifecycleOf, type EntrySummary, type Touched } from '@dayshift/catalog'
import { placeWords } from '../lineage/run-words.ts'
import { printable } from '../render/words.ts'

/** `gold` as `tier=gold`. */
export function tagWords(tags: EntrySummary['tags']): string {
  return Object.entries(tags)
    .map(([key, value]) => printable(value === '' ? key : `${key}=${value}`))
    .join(', ')
}

/** Where an entry stands in its life, and what its contract says; nothing where all is well. */
export function stateWords(entry: Pick<EntrySummary, 'deleted_at' | 'deprecated' | 'contract'>): string {
  const life = lifecycleOf(entry)
  const states: string[] = life === 'active' ? [] : [life]
  if (entry.contract && entry.contract.status !== 'pass') states.push(`contract ${entry.contract.status}`)
  return states.join(', ')
}

/** The day of a time; nothing where there is none. */
export function dayWords(time: string | undefined): string {
  return time?.slice(0, 10) ?? ''
}

/** A dataset that lineage joins to another, by its name in the catalog or its place, with its owners. */
export function touchedWords({ dataset, name, owners }: Touched, cwd: string): string {
  const called = name === undefined ? placeWords(dataset, cwd) : printable(name)
  return owners.length > 0 ? `${called}, owned by ${owners.map(printable).join(', ')}` : called
}
