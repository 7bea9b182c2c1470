import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure } from './codes.ts'

/**
 * Refuses to write over what is read: an output must not take the place of its own source.
 *
 * @param target where something is to be written
 * @param sources files that are read for it
 * @throws DS_TARGET_IS_SOURCE
 * @example refuseOverwrite('sample.csv', frame.files)
 */
export function refuseOverwrite(target: string, sources: readonly string[]): void {
  const place = realPath(target)
  if (sources.some((source) => realPath(source) === place)) {
    throw failure('DS_TARGET_IS_SOURCE', `${target} is read here, so it must not be written`, { where: target })
  }
}

/** The path with links followed; as it stands where there is nothing yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
