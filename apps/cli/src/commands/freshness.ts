import type { AnyReport, Frame } from '@dayshift/core'
import { isDayshiftError } from '@dayshift/core/ground'
import { freshness } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import { defineCommand, type Context } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { refuseSharedQuarantine, sourceFlags } from '../source-flags.ts'
import { lastingSource, openSource, type NamedSource } from '../sources.ts'

export const command = defineCommand({
  name: 'freshness',
  summary: 'check the age of data',
  usage: '<source…>',
  description: [
    'Compares the age of the newest data with a limit: the time of change of files, or the newest time in a column.',
    'Stale, empty and future-dated data exit with 1, missing data with 3.',
  ],
  flags: {
    'max-age': { type: 'string', value: '24h', help: 'older than this is stale (default: 24h)' },
    'warn-after': { type: 'string', value: '12h', help: 'older than this is told' },
    column: { type: 'string', value: 'NAME', help: 'a column of dates or times whose newest counts' },
    now: { type: 'string', value: 'TIME', help: 'take this as the present time (ISO 8601)' },
    ...sourceFlags,
    ...engineFlags,
  },
  examples: [
    'dayshift freshness data/train.csv --max-age 24h',
    'dayshift freshness weather --column time_hour --max-age 7d',
  ],
  run: async (context) => {
    const { flags, positionals, cwd, signal } = context
    if (positionals.length === 0) throw failure('DS_USAGE', 'a source is missing')
    const now = timeOf(flags.now)
    const reports: AnyReport[] = []
    const sources = await Promise.all(
      positionals.map((word) => lastingSource(word, context, 'what is piped in has no age')),
    )
    refuseSharedQuarantine(flags, sources, cwd)
    for (const source of sources) {
      const configured = source.dataset?.definition.freshness || {}
      const column = flags.column ?? configured.column
      const frame = column === undefined ? undefined : await openIfThere(source, context)
      reports.push(
        await freshness(frame ? { frame } : { path: source.path }, {
          maxAge: flags['max-age'] ?? configured.maxAge,
          warnAfter: flags['warn-after'] ?? configured.warnAfter,
          column: frame ? column : undefined,
          now,
          cwd,
          signal,
        }),
      )
    }
    const missing = reports.filter((report) => report.kind === 'freshness' && report.facts.state === 'missing')
    if (missing.length === 0) return { reports }
    const names = missing.map(({ dataset }) => dataset.name).join(', ')
    return { reports, error: failure('DS_MISSING', `there is no data to look at: ${names}`) }
  },
})

async function openIfThere(source: NamedSource, context: Context<typeof sourceFlags>): Promise<Frame | undefined> {
  try {
    return await openSource(source, context)
  } catch (error) {
    if (isDayshiftError(error) && (error.code === 'DS_SOURCE_NOT_FOUND' || error.code === 'DS_SOURCE_EMPTY'))
      return undefined
    throw error
  }
}

function timeOf(flag: string | undefined): Date | undefined {
  if (flag === undefined) return undefined
  const time = new Date(flag)
  if (Number.isNaN(time.getTime()))
    throw failure('DS_USAGE', `--now takes a time as 2026-11-23T08:00:00Z, not '${flag}'`)
  return time
}
