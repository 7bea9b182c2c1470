import { setTimeout as sleep } from 'node:timers/promises'
import { formatDuration, isDayshiftError } from '@dayshift/core/ground'
import type { Context, Outcome } from '../command.ts'

/**
 * Checks again and again until the command is stopped. For a person a check is shown where it differs from the one before;
 * files and formats that programs read are written each time, for the age in them changes always. An error is shown, and
 * the next check waited for. Each check is a look, of which sinks are told what is new.
 *
 * @param every seconds
 */
export async function watchFreshness(check: () => Promise<Outcome>, every: number, context: Context): Promise<Outcome> {
  const { signal, terminal, flags } = context
  const isForPrograms = (flags.output ?? []).length > 0 || (flags.format ?? 'text') !== 'text'
  let before: string | undefined
  while (!signal.aborted) {
    const began = performance.now()
    const outcome = await check().catch((error: unknown): Outcome => ({ reports: [], error }))
    if (signal.aborted) break
    const verdict = verdictOf(outcome)
    const told = (await context.tell?.(outcome)) ?? {}
    if (isForPrograms || verdict !== before) {
      await context.show({ ...outcome, ...told }, performance.now() - began)
      if (before === undefined)
        terminal.note(terminal.paint('dim', `checked every ${formatDuration(every)}, Ctrl-C ends`))
    }
    before = verdict
    await sleep(every * 1000, undefined, { signal }).catch(() => undefined)
  }
  return { reports: [], shown: true }
}

/** What makes two checks differ: not the age, which grows always. */
function verdictOf({ reports, error }: Outcome): string {
  const told = reports.map(({ dataset, status, facts, findings }) => [
    dataset.name,
    status,
    'newest' in facts ? [facts.state, facts.newest] : [],
    findings.map(({ code }) => code),
  ])
  return JSON.stringify([told, isDayshiftError(error) ? [error.code, error.message] : String(error)])
}
