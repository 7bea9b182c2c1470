import { setImmediate as breathe } from 'node:timers/promises'
import { createContext, Script } from 'node:vm'
import { throwIfAborted } from '@dayshift/core'

/** Milliseconds that values are judged at a stretch; then signals are seen. */
const STRETCH = 500

/** Milliseconds that one value may take. */
export const LONGEST = 2000

const held: { work?: () => void } = {}
let run: ((milliseconds: number) => void) | undefined

/**
 * Runs work for so long at most. It may be stopped anywhere, within a regular expression too, so what it leaves behind must
 * be right then. Costs some 0.1 ms: meant for many values at once.
 *
 * @returns whether it came to its end
 */
export function endsWithin(milliseconds: number, work: () => void): boolean {
  held.work = work
  try {
    run ??= runner()
    run(milliseconds)
    return true
  } catch (error) {
    // An error of the script's own realm.
    if ((error as { readonly code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
    throw error
  } finally {
    delete held.work
  }
}

function runner(): (milliseconds: number) => void {
  const context = createContext(held)
  const script = new Script('work()')
  return (timeout) => {
    script.runInContext(context, { timeout })
  }
}

/**
 * Does something for each of so many values, one after another, and lets signals be seen now and then. What takes long is
 * stopped, and begun once more.
 *
 * @param each does it for the value at a place; what it leaves behind must be the same however often it is begun
 * @param tooLong makes the error of a value that takes longer than {@link LONGEST}
 * @throws DS_ABORTED
 */
export async function eachWithin(
  values: number,
  each: (at: number) => void,
  tooLong: (at: number) => Promise<Error>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let at = 0
  let limit = STRETCH
  const work = (): void => {
    for (; at < values; at++) each(at)
  }
  for (;;) {
    const first = at
    if (endsWithin(limit, work)) return
    await breathe()
    throwIfAborted(signal)
    // Only of one value it is known how long it took.
    if (at === first && limit === LONGEST) throw await tooLong(at)
    limit = at === first ? LONGEST : STRETCH
  }
}
