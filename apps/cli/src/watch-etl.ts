import { isAbsolute, relative } from 'node:path'
import type { AnyReport, Etl } from '@dayshift/core'
import type { Context, Outcome } from './command.ts'
import { FileWatch } from './file-watch.ts'
import { takeLoadedFiles } from './modules.ts'

/** An ETL that is run again at each change. */
export interface WatchedEtl {
  /** The module that it comes from. */
  readonly file: string
  /** Loads it anew. */
  readonly load: () => Promise<Etl>
  readonly run: (etl: Etl, signal: AbortSignal) => Promise<AnyReport>
}

/**
 * Runs an ETL, and again whenever its file or one that it imports changes, until the command is stopped. What is wrong with
 * it is printed, and the next change waited for; a run that is still going on then is given up.
 */
export async function watchEtl({ file, load, run }: WatchedEtl, context: Context): Promise<Outcome> {
  const { signal, terminal, cwd } = context
  const watch = new FileWatch()
  const named = (path: string): string => {
    const below = relative(cwd, path)
    return below.startsWith('..') || isAbsolute(below) ? path : below
  }
  const once = async (since: number, stopped: AbortSignal): Promise<Outcome> => {
    try {
      const etl = await load().finally(() => watch.add(takeLoadedFiles(), since))
      return { reports: [await run(etl, stopped)] }
    } catch (error) {
      return { reports: [], error }
    } finally {
      watch.add(takeLoadedFiles(), since)
    }
  }
  try {
    watch.add([file], Date.now())
    while (!signal.aborted) {
      const began = performance.now()
      const change = watch.changed(signal)
      const stop = new AbortController()
      const outcome = await Promise.race([once(Date.now(), AbortSignal.any([signal, stop.signal])), change])
      if (!Array.isArray(outcome) && !signal.aborted) {
        const ms = performance.now() - began
        await context.show(outcome, ms)
        const files = watch.size === 1 ? named(file) : `${named(file)} and ${watch.size - 1} more`
        terminal.note(terminal.paint('dim', `${Math.round(ms)} ms; watching ${files}, Ctrl-C ends`))
      }
      const changed = await change
      stop.abort()
      if (changed.length > 0) terminal.note(terminal.paint('dim', `\n${changed.map(named).join(', ')} changed`))
    }
  } finally {
    watch.close()
  }
  return { reports: [], shown: true }
}
