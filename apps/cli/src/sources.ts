import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileDataset, formatOf, open, type Frame, type OpenOptions } from '@dayshift/core'
import { findRepo, restore, versionAt } from '@dayshift/dvc'
import { failure } from './codes.ts'
import type { Context } from './command.ts'
import type { DatasetDefinition } from './define-project.ts'
import { oneOf, type FlagValues, type sourceFlags } from './flags.ts'

/** What a word on the command line means as a source. */
export interface NamedSource {
  /** The path or glob, absolute. */
  readonly path: string
  /** The version after `@`, where one is asked for. */
  readonly version?: string
  /** The dataset of the project that the word names, where it does. */
  readonly dataset?: { readonly name: string; readonly definition: DatasetDefinition; readonly root: string }
}

/** Reads a word as a source: a dataset of the project, or a path; either may end with `@VERSION`. */
export async function sourceNamed(word: string, context: Context): Promise<NamedSource> {
  const whole = resolve(context.cwd, word)
  if (existsSync(whole)) return { path: whole }
  if (word === '-') {
    throw failure('DS_SOURCE_UNSUPPORTED', 'standard input cannot be read yet', {
      hint: 'Write it to a file first, and give that.',
    })
  }
  const at = word.lastIndexOf('@')
  const [name, version] = at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined]
  const asked = version === undefined ? {} : { version }
  const project = /^[\w.-]+$/.test(name) ? await context.project() : undefined
  const definition = project && Object.hasOwn(project.datasets, name) ? project.datasets[name] : undefined
  if (project && definition) {
    return {
      path: resolve(project.root, definition.source),
      dataset: { name, definition, root: project.root },
      ...asked,
    }
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(word)) return { path: word }
  return at > 0 ? { path: resolve(context.cwd, name), ...asked } : { path: whole }
}

/** Opens a source, at its version where it has one. */
export async function openSource(
  { path, version, dataset }: NamedSource,
  context: Context<typeof sourceFlags>,
  layout: OpenOptions = { ...dataset?.definition.csv, ...layoutOfFlags(context.flags) },
): Promise<Frame> {
  const options: OpenOptions = { ...layout, cwd: context.cwd, engine: await context.engine() }
  return version === undefined ? open(path, options) : openVersion(path, version, context, options)
}

/** Opens a version of a tracked path from the cache. */
export async function openVersion(
  path: string,
  version: string,
  context: Context,
  options: OpenOptions,
): Promise<Frame> {
  const repo = await findRepo(context.cwd)
  if (!repo) {
    throw failure('DS_USAGE', `${path}@${version}: there is no DVC repository here`, {
      hint: 'Record a version first: dayshift version PATH.',
    })
  }
  const { hash } = await versionAt(path, version, { cwd: context.cwd })
  const folder = await mkdtemp(join(tmpdir(), 'dayshift-version-'))
  context.cleanUp(() => rm(folder, { recursive: true, force: true }))
  const copy = join(folder, basename(path))
  await restore(repo, hash, copy, { signal: context.signal })
  const full = hash.startsWith('md5:') ? hash : `md5:${hash}`
  return open(copy, { ...options, dataset: { ...fileDataset(path, context.cwd, formatOf(path)), version: full } })
}

/** How text tables are written, as the flags say it. */
function layoutOfFlags(flags: FlagValues<typeof sourceFlags>): OpenOptions {
  return {
    ...(flags.as === undefined
      ? {}
      : { format: oneOf('as', flags.as, ['csv', 'json', 'jsonl', 'parquet'] as const, 'csv') }),
    ...(flags.delimiter === undefined ? {} : { delimiter: flags.delimiter === '\\t' ? '\t' : flags.delimiter }),
    ...(flags.null === undefined ? {} : { nulls: ['', ...flags.null] }),
    ...(flags.encoding === undefined ? {} : { encoding: flags.encoding }),
    ...(flags['no-header'] === true ? { header: false } : {}),
  }
}

/** The one word that a command takes. */
export function onlyWord(positionals: readonly string[], what: string): string {
  const [word, second] = positionals
  if (word === undefined) throw failure('DS_USAGE', `${what} is missing`)
  if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one ${what} is taken`)
  return word
}
