import { corrections, drift } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag, numberFlag, oneOf } from '../flags.ts'
import { refuseSharedQuarantine, sourceFlags } from '../source-flags.ts'
import { openSource, sourceNamed } from '../sources.ts'

export const command = defineCommand({
  name: 'drift',
  summary: 'compare two datasets’ distributions',
  usage: '<reference> <current>',
  description: [
    'Compares each column that both sides have by tests that fit its type: numbers by Kolmogorov–Smirnov, values of a few',
    'kinds by chi-square, texts by length, form and words; and missing values, ranges and units. A column drifted where',
    'chance is ruled out (p, corrected) and the change is as large as counts (effect).',
  ],
  flags: {
    columns: { type: 'string', multiple: true, value: 'A,B', help: 'compare these columns only' },
    detector: {
      type: 'string',
      multiple: true,
      value: 'NAME[:MIN]',
      help: 'use this detector; MIN is the least effect that counts (default: by type)',
    },
    alpha: { type: 'string', value: '0.05', help: 'chance is ruled out where p is at most this (default: 0.05)' },
    'min-effect': {
      type: 'string',
      value: '0.1',
      help: 'the least effect that counts; 0: p alone (default: each detector’s)',
    },
    correction: { type: 'string', value: 'none|bonferroni|holm|bh|by', help: 'for many columns (default: bh)' },
    'min-share': { type: 'string', value: '0.5', help: 'fail from this share of drifted columns on (default: 0.5)' },
    by: { type: 'string', value: 'COLUMN', help: 'tell in which values of this column others drifted' },
    correlations: { type: 'boolean', help: 'compare how columns of numbers go together, too' },
    ...sourceFlags,
    ...engineFlags,
  },
  examples: [
    'dayshift drift data/january.csv data/july.csv --columns temp,humid',
    'dayshift drift data/train.csv@v1.0 data/train.csv',
    'dayshift drift january.csv july.csv --detector ks:0.2 --detector null-rate',
    'gzip -dc july.csv.gz | dayshift drift data/january.csv -',
  ],
  run: async (context) => {
    const { flags, positionals, cwd, signal, terminal } = context
    const [first, second, third] = positionals
    if (first === undefined || second === undefined || third !== undefined) {
      throw failure('DS_USAGE', 'drift takes two sources: the reference, and the current data')
    }
    const columns = listFlag(flags.columns)
    const sources = [await sourceNamed(first, context), await sourceNamed(second, context)] as const
    if (sources.every(({ path }) => path === '-')) throw failure('DS_USAGE', 'only one of two sources can be piped in')
    refuseSharedQuarantine(flags, sources, cwd)
    const reference = await openSource(sources[0], context)
    const current = await openSource(sources[1], context)
    const report = await drift(reference, current, {
      columns,
      detectors: listFlag(flags.detector),
      alpha: numberFlag('alpha', flags.alpha),
      minEffect: numberFlag('min-effect', flags['min-effect']),
      correction: oneOf('correction', flags.correction, corrections, 'bh'),
      minShare: numberFlag('min-share', flags['min-share']),
      correlations: flags.correlations,
      by: flags.by,
      signal,
      onProgress: () => terminal.progress('drift'),
    })
    return { reports: [report] }
  },
})
