import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  prototype,
  readManifest,
  rebuildSample,
  type AnyReport,
  type Etl,
  type Frame,
  type QueryOptions,
  type SampleManifest,
} from '@dayshift/core'
import { isDayshiftError, messageOf, readTextFile, refuseOverwrite, writeAtomically } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { defineCommand, type Context } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { ETL, placedEtl } from '../etl.ts'
import { fileOf, loadExport } from '../modules.ts'
import { loadProject } from '../project.ts'
import { formatOfFlags } from '../output-format.ts'
import { givenSampleFlags, sampleFlags, sampleOfFlags } from '../sample-flags.ts'
import { sourceFlags } from '../source-flags.ts'
import { onlyWord } from '..//only-word.ts'
import { openSource, sourceNamed, type NamedSource } from '..//sources.ts'
import { watchEtl } from '../watch-etl.ts'

const flags = {
  etl: { type: 'string', value: 'FILE[#NAME]', help: 'a module that exports (frame) => frame' },
  out: { type: 'string', value: 'FILE', help: 'write the output; .csv, .jsonl, .json, .parquet or .arrow' },
  watch: { type: 'boolean', help: 'run again on the same sample whenever the ETL changes; Ctrl-C ends' },
  'sample-out': { type: 'string', value: 'FILE', help: 'write the sample, as it is before the ETL' },
  manifest: { type: 'string', value: 'FILE', help: 'write how the sample was drawn, as JSON, to draw it again' },
  like: { type: 'string', value: 'FILE', help: 'draw the sample of a manifest again: the same rows, or an error' },
  ...sampleFlags,
  ...sourceFlags,
  ...engineFlags,
} as const

type PrototypeContext = Context<typeof flags>

export const command = defineCommand({
  name: 'prototype',
  summary: 'try an ETL on a sample',
  usage: '<source> | --like FILE',
  description: [
    'Draws a sample, runs an ETL on it and shows what comes out. Same seed, same rows. With --watch the ETL runs again at',
    'each change of its file or of one that it imports; --format jsonl then prints a report a line.',
  ],
  flags,
  examples: [
    'dayshift prototype data/readings.csv --etl etl/clean.ts --watch',
    'dayshift prototype data/readings.csv --fraction 5% --out sample.parquet',
    'dayshift prototype data/orders.csv --fraction 5% --key customer_id',
    'dayshift prototype data/orders.csv --rows 1000 --stratify country --edges --window ordered:30d',
    'dayshift prototype --like sample.json --etl etl/clean.ts',
  ],
  run: async (context) => {
    refuseContradictions(context)
    const like =
      context.flags.like === undefined ? undefined : await manifestOf(resolve(context.cwd, context.flags.like))
    const source =
      like && context.positionals.length === 0
        ? await sourceNamed(wordOf(like), context)
        : await sourceNamed(onlyWord(context.positionals, 'a source'), context)
    const work = await etlOf(source, context)
    if (context.flags.watch && !work)
      throw failure('DS_USAGE', '--watch needs an ETL to watch', { hint: 'Name it with --etl FILE.' })
    const etl = context.flags.watch ? undefined : await work?.load(false)
    const frame = await openSource(source, context, like?.reading)
    const targets = targetsOf(context, [...frame.files, ...(work ? [work.file] : [])])
    const sampled = like
      ? await rebuildSample(like, { source: frame, ...queryOf(context) })
      : draw(frame, source, context)
    if (targets.manifest !== undefined) await writeManifest(sampled, targets.manifest, context)
    if (targets['sample-out'] !== undefined) await sampled.write(targets['sample-out'], queryOf(context))
    const run = async (of: Etl | undefined, signal: AbortSignal): Promise<AnyReport> => {
      try {
        return await prototype(sampled, { ...queryOf(context), signal, etl: of, out: targets.out })
      } catch (error) {
        throw work ? placedEtl(error, work.file) : error
      }
    }
    if (!context.flags.watch || !work) return { reports: [await run(etl, context.signal)] }
    // Drawn before the first run, so that no change of the ETL stops it.
    await sampled.manifest(queryOf(context))
    return watchEtl({ file: work.file, load: () => work.load(true), run }, context)
  },
})

function refuseContradictions({ flags: given }: PrototypeContext): void {
  if (given.watch && formatOfFlags(given) === 'json') {
    throw failure('DS_USAGE', '--watch prints a result at each change, and --json one document', {
      hint: 'Use --format jsonl: a report a line.',
    })
  }
  const [first] = given.like === undefined ? [] : givenSampleFlags(given)
  if (first !== undefined) {
    throw failure('DS_USAGE', `--like says how the sample is drawn, so --${first} cannot`, { hint: 'Leave one out.' })
  }
}

function queryOf({ signal, terminal }: PrototypeContext): QueryOptions {
  return { signal, onProgress: ({ fraction }) => terminal.progress('prototype', fraction) }
}

function draw(frame: Frame, { dataset }: NamedSource, context: PrototypeContext): Frame {
  const { etl: _etl, out: _out, ...configured } = dataset?.definition.prototype || {}
  return frame.sample(sampleOfFlags(context.flags, configured))
}

/** The ETL: where it comes from, and how it is loaded. */
interface NamedEtl {
  readonly file: string
  readonly load: (anew: boolean) => Promise<Etl>
}

async function etlOf({ dataset }: NamedSource, context: PrototypeContext): Promise<NamedEtl | undefined> {
  const { flags: given, cwd } = context
  const reference = given.etl
  if (reference !== undefined) {
    const load = (anew: boolean): Promise<Etl> => loadExport(reference, cwd, ETL, { anew })
    return { file: resolve(cwd, fileOf(reference, cwd)), load }
  }
  const project = dataset && (await context.project())
  const configured = dataset?.definition.prototype || {}
  const { etl } = configured
  if (!project || !etl) return undefined
  const load = async (anew: boolean): Promise<Etl> => {
    if (!anew) return etl
    const { datasets } = await loadProject(project.file, cwd, {
      anew,
      env: context.env,
      environment: context.flags.env,
    })
    const { etl: now } = datasets[dataset.name]?.prototype || {}
    if (now) return now
    throw failure('DS_MODULE_EXPORT', `the dataset '${dataset.name}' has no ETL any more`, { where: project.file })
  }
  return { file: project.file, load }
}

/** The files that are to be written, which must be none that is read, and all different. */
function targetsOf(
  { flags: given, cwd }: PrototypeContext,
  read: readonly string[],
): Partial<Record<'out' | 'sample-out' | 'manifest', string>> {
  const seen = [...read, ...(given.like === undefined ? [] : [resolve(cwd, given.like)])]
  const names = ['out', 'sample-out', 'manifest'] as const
  return Object.fromEntries(
    names.flatMap((name) => {
      const word = given[name]
      if (word === undefined) return []
      const target = resolve(cwd, word)
      refuseOverwrite(target, seen)
      seen.push(target)
      return [[name, target]]
    }),
  )
}

async function writeManifest(sampled: Frame, path: string, context: PrototypeContext): Promise<void> {
  const { readMs: _here, ...manifest } = await sampled.manifest(queryOf(context))
  await writeAtomically(path, (temporary) => writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`))
}

async function manifestOf(path: string): Promise<SampleManifest> {
  if (!existsSync(path)) throw failure('DS_USAGE', `--like: there is no file ${path}`)
  try {
    return readManifest(JSON.parse(await readTextFile(path)))
  } catch (error) {
    if (isDayshiftError(error))
      throw failure('DS_SAMPLE', `${path}: ${error.message}`, { hint: error.hint, where: path })
    throw failure('DS_SAMPLE', `${path} is no JSON: ${messageOf(error)}`, { where: path, cause: error })
  }
}

/** The source of a manifest as a word of the command line. */
function wordOf({ source }: SampleManifest): string {
  if (source.namespace !== 'file') {
    throw failure('DS_SAMPLE_SOURCE', `the sample was drawn from ${source.uri}, which is gone`, {
      hint: 'Give the source again, before --like.',
    })
  }
  return source.version === undefined ? source.name : `${source.name}@${source.version}`
}
