import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
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
  if (sources.some((source) => isSamePlace(source, target))) {
    throw failure('DS_TARGET_IS_SOURCE', `${target} is read here, so it must not be written`, { where: target })
  }
}

/**
 * Whether two paths lead to one file, be it there or not.
 *
 * @example isSamePlace('a.csv', './a.csv') // true
 */
export function isSamePlace(one: string, other: string): boolean {
  return realPath(one) === realPath(other)
}

/** The path with links followed, as far as there is something. */
function realPath(path: string): string {
  const whole = resolve(path)
  try {
    return realpathSync(whole)
  } catch {
    const folder = dirname(whole)
    return folder === whole ? whole : join(realPath(folder), basename(whole))
  }
}
