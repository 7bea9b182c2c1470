import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { drift, readReference } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import { defineCommand, type Outcome } from '../command.ts'
import { overTime } from '../drift/over-time.ts'
import { driftFlags, learnOf, settingsOf, type DriftContext } from '../drift/settings.ts'
import { compareWithEarlier } from '../drift/with-earlier.ts'
import { refuseSharedQuarantine } from '../source-flags.ts'
import { openSource, sourceNamed } from '../sources.ts'

export const command = defineCommand({
  name: 'drift',
  summary: 'compare two datasets’ distributions',
  usage: '<reference> <current> | <source> --since VERSION',
  description: [
    'Compares each column that both sides have by tests that fit its type: numbers by Kolmogorov–Smirnov, values of a few',
    'kinds by chi-square, texts by length, form and words; and missing values, ranges and units. A column drifted where',
    'chance is ruled out (p, corrected) and the change is as large as counts (effect).',
    '',
    'The reference is a path, or earlier versions of the current data: @VERSION, previous, rolling:7 (the last seven together), same-hour,',
    'same-weekday:4, same-month, year-ago. With --since all versions are gone through: when each column began to drift, where its level',
    'changed, its trend and season, and how usual the newest effect is.',
  ],
  flags: driftFlags,
  examples: [
    'dayshift drift data/january.csv data/july.csv --columns temp,humid',
    'dayshift drift data/train.csv@v1.0 data/train.csv',
    'dayshift drift january.csv july.csv --detector ks:0.2 --detector null-rate',
    'gzip -dc july.csv.gz | dayshift drift data/january.csv -',
    'dayshift drift same-weekday:4 weather --timezone Europe/Berlin',
    'dayshift drift weather --since v1.0',
  ],
  run: (context) => (context.flags.since === undefined ? compareTwo(context) : overTime(context, context.flags.since)),
})

async function compareTwo(context: DriftContext): Promise<Outcome> {
  const { positionals, cwd } = context
  const [first, second, third] = positionals
  if (first === undefined || second === undefined || third !== undefined) {
    throw failure('DS_USAGE', 'drift takes two sources: the reference, and the current data', {
      hint: 'Or one with --since: what happened since a version of it.',
    })
  }
  if (context.flags.against !== undefined) throw failure('DS_USAGE', '--against goes with --since')
  const rule = existsSync(resolve(cwd, first)) ? undefined : readReference(first)
  if (rule) return compareWithEarlier(rule, second, context)
  for (const name of ['timezone', 'tolerance'] as const) {
    if (context.flags[name] !== undefined) {
      throw failure('DS_USAGE', `--${name} goes with a reference by time`, { hint: 'As same-weekday:4.' })
    }
  }
  const word = first.startsWith('@') && !existsSync(resolve(cwd, first)) ? `${second}${first}` : first
  const sources = [await sourceNamed(word, context), await sourceNamed(second, context)] as const
  if (sources.every(({ path }) => path === '-')) throw failure('DS_USAGE', 'only one of two sources can be piped in')
  refuseSharedQuarantine(context.flags, sources, cwd)
  const reference = await openSource(sources[0], context)
  const current = await openSource(sources[1], context)
  const learn = await learnOf(first, sources[1], undefined, context)
  return { reports: [await drift(reference, current, { ...settingsOf(context), ...learn })] }
}
