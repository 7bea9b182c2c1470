import { corrections, drift } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { listFlag, numberFlag, oneOf, sourceFlags } from '../flags.ts'
import { openSource, sourceNamed } from '../sources.ts'

export const command = defineCommand({
  name: 'drift',
  summary: 'compare two datasets’ distributions',
  usage: '<reference> <current>',
  description: ['Runs the two-sample Kolmogorov–Smirnov test on each column of numbers that both sides have.'],
  flags: {
    columns: { type: 'string', multiple: true, value: 'A,B', help: 'compare these columns only' },
    alpha: {
      type: 'string',
      value: '0.05',
      help: 'a column drifted where its p-value is at most this (default: 0.05)',
    },
    correction: { type: 'string', value: 'none|bonferroni|bh', help: 'for many columns (default: bh)' },
    'min-share': { type: 'string', value: '0.5', help: 'fail from this share of drifted columns on (default: 0.5)' },
    ...sourceFlags,
  },
  examples: [
    'dayshift drift data/january.csv data/july.csv --columns temp,humid',
    'dayshift drift data/train.csv@v1.0 data/train.csv',
  ],
  run: async (context) => {
    const { flags, positionals, signal, terminal } = context
    const [first, second, third] = positionals
    if (first === undefined || second === undefined || third !== undefined) {
      throw failure('DS_USAGE', 'drift takes two sources: the reference, and the current data')
    }
    const columns = listFlag(flags.columns)
    const reference = await openSource(await sourceNamed(first, context), context)
    const current = await openSource(await sourceNamed(second, context), context)
    const report = await drift(reference, current, {
      columns,
      alpha: numberFlag('alpha', flags.alpha),
      correction: oneOf('correction', flags.correction, corrections, 'bh'),
      minShare: numberFlag('min-share', flags['min-share']),
      signal,
      onProgress: () => terminal.progress('drift'),
    })
    return { reports: [report] }
  },
})
