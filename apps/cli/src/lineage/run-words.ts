import { formatDuration } from '@dayshift/core/ground'
import { labelOf, type GraphDataset, type MergedRun } from '@dayshift/lineage'
import { pathFrom } from '../render/path-from.ts'

/** Colours of what became of a run. */
export const STATE_STYLES = {
  COMPLETE: 'green',
  FAIL: 'red',
  ABORT: 'red',
  RUNNING: 'yellow',
  OTHER: 'dim',
} as const

/** How long a run took; nothing where it has not ended. */
export function runSeconds({ startedAt, endedAt }: Pick<MergedRun, 'startedAt' | 'endedAt'>): string {
  if (endedAt === undefined) return ''
  const ms = Date.parse(endedAt) - Date.parse(startedAt)
  return ms < 1000 ? `${Math.max(0, ms)} ms` : formatDuration(Math.round(ms / 1000))
}

/** A dataset as it is told: a path from the working directory where it lies within. */
export function placeWords({ namespace, name }: GraphDataset, cwd: string): string {
  return pathFrom(cwd, labelOf({ kind: 'dataset', namespace, name }))
}
