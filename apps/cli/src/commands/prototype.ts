import { resolve } from 'node:path'
import { prototype, type Etl } from '@dayshift/core'
import { defineCommand } from '../command.ts'
import { numberFlag, sourceFlags } from '../flags.ts'
import { loadExport } from '../modules.ts'
import { onlyWord, openSource, sourceNamed } from '../sources.ts'

function isFunction(value: unknown): value is Etl {
  return typeof value === 'function'
}

export const command = defineCommand({
  name: 'prototype',
  summary: 'try an ETL on a sample',
  usage: '<source>',
  description: ['Draws a sample, runs an ETL on it and shows what comes out. Same seed, same rows.'],
  flags: {
    fraction: { type: 'string', value: '1%', help: 'share of the rows to draw (default: 1%)' },
    rows: { type: 'string', value: 'N', help: 'number of rows to draw instead' },
    seed: { type: 'string', value: '42', help: 'what makes the sample repeatable (default: 42)' },
    etl: { type: 'string', value: 'FILE[#NAME]', help: 'a module that exports (frame) => frame' },
    out: { type: 'string', value: 'FILE', help: 'write the output; .csv, .jsonl, .json or .parquet' },
    ...sourceFlags,
  },
  examples: [
    'dayshift prototype data/readings.csv --etl etl/clean.ts',
    'dayshift prototype data/readings.csv --fraction 5% --out sample.parquet',
  ],
  run: async (context) => {
    const { flags, cwd, signal, terminal } = context
    const source = await sourceNamed(onlyWord(context.positionals, 'a source'), context)
    const configured = source.dataset?.definition.prototype || {}
    const etl = flags.etl === undefined ? configured.etl : await loadExport(flags.etl, cwd, isFunction, 'ETL function')
    const rows = numberFlag('rows', flags.rows)
    const report = await prototype(await openSource(source, context), {
      ...(rows === undefined && flags.fraction === undefined
        ? { fraction: configured.fraction, rows: configured.rows }
        : { fraction: flags.fraction, rows }),
      seed: numberFlag('seed', flags.seed) ?? configured.seed,
      etl,
      out: flags.out === undefined ? undefined : resolve(cwd, flags.out),
      signal,
      onProgress: ({ fraction }) => terminal.progress('prototype', fraction),
    })
    return { reports: [report] }
  },
})
