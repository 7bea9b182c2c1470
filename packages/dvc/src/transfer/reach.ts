import { isDayshiftError } from '@dayshift/core/ground'
import { problemOf, type Problem } from '../workspace/problem.ts'

/** A remote that could not be asked, or that gave nothing any more. */
export interface UnreachedRemote {
  /** Its name. */
  readonly remote: string
  readonly error: Problem
}

/** Which remotes can be reached: one that cannot is not asked again, and keeps no other from being asked. */
export interface Reach {
  /**
   * Works with a remote.
   *
   * @returns `undefined` where it cannot be reached, now or before
   * @throws what the work throws that is not the remote's fault
   */
  ask<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined>
  /** Takes down that a remote gives nothing any more. */
  lose(name: string, error: unknown): void
  /** In the order in which they were asked. */
  unreached(): UnreachedRemote[]
  /**
   * Refuses to go on where none of the remotes that were asked could be reached.
   *
   * @throws what the first one threw
   */
  needOne(): void
}

/** Begins with remotes of which nobody knows. */
export function openReach(): Reach {
  const lost = new Map<string, unknown>()
  const asked = new Set<string>()
  return {
    async ask(name, work) {
      asked.add(name)
      if (lost.has(name)) return undefined
      try {
        return await work()
      } catch (error) {
        if (!isOfRemote(error)) throw error
        lost.set(name, error)
        return undefined
      }
    },
    lose: (name, error) => void lost.set(name, error),
    unreached: () => [...lost].map(([remote, error]) => ({ remote, error: problemOf(error) })),
    needOne() {
      const [first] = lost.values()
      if (lost.size > 0 && lost.size === asked.size) throw first
    },
  }
}

const OF_REMOTE = new Set(['DS_REMOTE_FAILED', 'DS_REMOTE_DENIED', 'DS_REMOTE_PACKAGE', 'DS_REMOTE_UNSUPPORTED'])

/** Whether an error stands against all that is asked of one remote, and against nothing else. */
export function isOfRemote(error: unknown): boolean {
  return isDayshiftError(error) && OF_REMOTE.has(error.code)
}
