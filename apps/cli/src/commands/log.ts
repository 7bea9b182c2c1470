import { join, resolve } from 'node:path'
import type { DatasetRef } from '@dayshift/core'
import { datasetOf, refuseOverwrite } from '@dayshift/core/ground'
import { recordedVersion } from '@dayshift/dvc'
import { columnLineageFacet, log, parentFromEnv, sqlFacet } from '@dayshift/lineage'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { sizeOf } from '../files.ts'
import { listFlag } from '../flags.ts'
import { missingInputs } from '../lineage/missing-inputs.ts'
import { columnsOfSqlFlags, sqlFlags } from '../lineage/sql-flags.ts'
import { configuredTransports } from '../lineage/transports.ts'
import { versioned } from '../lineage/versioned.ts'
import { LINEAGE_FILE, rootOf } from '../places.ts'
import { sourceFlags } from '../source-flags.ts'
import { onlyWord } from '../only-word.ts'
import { lastingSource, openSource } from '../sources.ts'
import { withoutLogValues } from '../variables.ts'

export const command = defineCommand({
  name: 'log',
  summary: 'log where data came from',
  usage: '<source> --origin URI',
  description: [
    'Appends OpenLineage events of one run to metadata_log.jsonl: START, and COMPLETE with schema, rows and version. Where',
    'openlineage.yml or OPENLINEAGE_* configure a server, it gets them too, now or when it is back. With --sql it also tells',
    'which columns the data’s columns are made of.',
  ],
  flags: {
    origin: { type: 'string', value: 'URI', help: 'where the data came from: a path or an address' },
    job: { type: 'string', value: 'NAME', help: 'the job that made it (default: the dataset’s or the file’s name)' },
    inputs: { type: 'string', multiple: true, value: 'A,B', help: 'what the job read (default: the origin)' },
    outputs: { type: 'string', multiple: true, value: 'A,B', help: 'what the job wrote (default: the source)' },
    ...sqlFlags,
    file: { type: 'string', value: 'FILE', help: `the log (default: ${LINEAGE_FILE})` },
    'dry-run': { type: 'boolean', help: 'build and check the events; write nothing' },
    ...sourceFlags,
    ...engineFlags,
  },
  examples: [
    'dayshift log data/train.csv --origin s3://lake/raw/train.csv --job ingest',
    'dayshift log data/daily.csv --origin data/orders.csv --sql daily.sql --input orders=data/orders.csv',
  ],
  run: async (context) => {
    const { flags, cwd, signal } = context
    const source = await lastingSource(onlyWord(context.positionals, 'a source'), context, 'lineage says where data is')
    const configured = source.dataset?.definition
    const ofLog = withoutLogValues(configured?.log || {})
    const origin = flags.origin ?? ofLog.origin ?? (configured ? source.path : undefined)
    if (origin === undefined)
      throw failure('DS_USAGE', '--origin is missing', {
        hint: 'Say where the data came from, as a path or an address.',
      })
    const frame = await openSource(source, context)
    const [schema, rows, bytes] = await Promise.all([
      frame.schema({ signal }),
      frame.count({ signal }),
      sizeOf(frame.files),
    ])
    const version = frame.dataset.version ?? (await recordedVersion(source.path, { cwd }).catch(() => undefined))?.hash
    const refs = async (words: string[] | undefined): Promise<DatasetRef[] | undefined> =>
      words && Promise.all(words.map((word) => versioned(datasetOf(word, cwd), cwd)))
    const names = schema.columns.map(({ name }) => name)
    const made =
      flags.sql === undefined && flags.input === undefined ? undefined : await columnsOfSqlFlags(flags, context, names)
    const ofSql = made && made.inputs.length > 0 ? made.inputs.map(({ uri }) => uri) : undefined
    const inputs = await refs(listFlag(flags.inputs) ?? ofSql ?? [origin])
    const outputs = await refs(listFlag(flags.outputs))
    const root = await rootOf(context)
    const path = flags.file === undefined ? join(root, LINEAGE_FILE) : resolve(cwd, flags.file)
    const isDry = flags['dry-run'] === true
    const servers = isDry ? { transports: [], notes: [] } : await configuredTransports(context, root)
    const missing = flags.inputs === undefined ? [] : await missingInputs(inputs ?? [])
    const parent = parentFromEnv(context.env)
    refuseOverwrite(path, frame.files)
    const report = await log(
      {
        dataset: frame.dataset,
        origin,
        schema,
        rows,
        bytes,
        job: {
          namespace: (await context.project())?.name ?? 'dayshift',
          name: flags.job ?? ofLog.job ?? source.dataset?.name ?? jobOf(source.path),
        },
        ...(version === undefined ? {} : { version }),
        ...(inputs ? { inputs } : {}),
        ...(outputs ? { outputs } : {}),
        ...(parent ? { parent } : {}),
        ...(made ? { jobFacets: { sql: sqlFacet(made.sql, 'duckdb') } } : {}),
        ...(made?.lineage ? { facets: { columnLineage: columnLineageFacet(made.lineage) } } : {}),
      },
      {
        path,
        transports: servers.transports,
        cwd,
        dryRun: isDry,
        signal,
        notes: [...frame.notes, ...(made?.warnings ?? []), ...missing, ...servers.notes],
      },
    )
    return { reports: [report] }
  },
})

function jobOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) as string).replace(/\..*$/, '') || 'log'
}
