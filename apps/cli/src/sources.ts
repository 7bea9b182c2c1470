import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { open, type Frame, type OpenOptions } from '@dayshift/core'
import {
  DayshiftError,
  fileDataset,
  formatOf,
  isAddress,
  isDayshiftError,
  refuseOverwrite,
} from '@dayshift/core/ground'
import { findRepo, restore, versionAt } from '@dayshift/dvc'
import { failure } from './codes.ts'
import type { Context } from './command.ts'
import type { DatasetDefinition } from './define-project.ts'
import { userConfigOf } from './dvc/user-config.ts'
import { checkOutputs } from './output.ts'
import { needVariables } from './variables.ts'
import { newTemporary } from './temporary.ts'
import { readingOfFlags, type sourceFlags } from './source-flags.ts'

/** What a word on the command line means as a source. */
export interface NamedSource {
  /** The path or glob, absolute; `-` for standard input. */
  readonly path: string
  /** The version after `@`, where one is asked for. */
  readonly version?: string
  /** The dataset of the project that the word names, where it does. */
  readonly dataset?: { readonly name: string; readonly definition: DatasetDefinition; readonly root: string }
}

/** The word for standard input. A file of that name is `./-`. */
const STDIN = '-'

/** Reads a word as a source: `-`, a dataset of the project, or a path; the latter may end with `@VERSION`. */
export async function sourceNamed(word: string, context: Context): Promise<NamedSource> {
  if (word === STDIN) return { path: STDIN }
  if (word === '') {
    throw failure('DS_USAGE', 'the name of a source is empty', { hint: 'Check the variable that it comes from.' })
  }
  const whole = resolve(context.cwd, word)
  if (existsSync(whole)) return { path: whole }
  const at = versionSign(word, context.cwd)
  const [name, version] = at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined]
  const asked = version === undefined ? {} : { version }
  const project = /^[\w.-]+$/.test(name) ? await context.project() : undefined
  const definition = project && Object.hasOwn(project.datasets, name) ? project.datasets[name] : undefined
  if (project && definition) {
    needVariables(name, definition, project.file)
    return {
      path: placeOf(definition, project.root),
      dataset: { name, definition, root: project.root },
      ...asked,
    }
  }
  if (isAddress(word)) return { path: word }
  return at > 0 ? { path: resolve(context.cwd, name), ...asked } : { path: whole }
}

/** Where the version of `path@VERSION` begins. Tags hold the sign too (`train@v1.0.0`), so that a path that is there decides. */
function versionSign(word: string, cwd: string): number {
  for (let at = word.indexOf('@', 1); at > 0; at = word.indexOf('@', at + 1)) {
    const path = resolve(cwd, word.slice(0, at))
    if (existsSync(path) || existsSync(`${path}.dvc`)) return at
  }
  return word.lastIndexOf('@')
}

/**
 * Reads a word as a source that stays: of what is piped in, nothing would be there to come back to.
 *
 * @throws DS_SOURCE_UNSUPPORTED for `-`
 */
export async function lastingSource(word: string, context: Context, why: string): Promise<NamedSource> {
  if (word !== STDIN) return sourceNamed(word, context)
  throw failure('DS_SOURCE_UNSUPPORTED', `standard input cannot be taken here: ${why}`, {
    hint: 'Write it to a file first, and give that.',
  })
}

/**
 * Opens a source, at its version where it has one.
 *
 * @param reading how it was read before, where flags do not say otherwise
 */
export async function openSource(
  source: NamedSource,
  context: Context<typeof sourceFlags>,
  reading?: OpenOptions,
): Promise<Frame> {
  const { path, version, dataset } = source
  const { cwd, signal, terminal } = context
  const options: OpenOptions = {
    ...(dataset ? readingOfDataset(dataset.definition, dataset.root) : {}),
    ...reading,
    ...readingOfFlags(context.flags, path, cwd),
    cwd,
    signal,
    onProgress: ({ fraction }) => terminal.progress('reading', fraction),
  }
  if (path === STDIN) return openStdin(context, options)
  const engine = await context.engine()
  const frame = await (version === undefined
    ? open(path, { ...options, engine })
    : openVersion(path, version, context, { ...options, engine }))
  // A glob, a folder or a dataset's name tells its files only now.
  refuseOutputsOf(frame, context)
  return frame
}

/** @throws DS_TARGET_IS_SOURCE where results would be written over a file that is read, or over its broken lines */
export function refuseOutputsOf({ files, quarantines }: Frame, { flags, cwd }: Context): void {
  checkOutputs(flags.output ?? [], cwd, { read: [...files, ...quarantines], written: {} })
}

async function openStdin(context: Context, options: OpenOptions): Promise<Frame> {
  const stdin = context.stdin()
  if (stdin.isTTY) {
    throw failure('DS_USAGE', 'standard input is a terminal: nothing is piped in', {
      hint: 'As in: gzip -dc data.csv.gz | dayshift validate - --contract contract.ts.',
    })
  }
  return open(stdin, { ...options, engine: await context.engine() })
}

/** Where a dataset of the project lies: an absolute path or glob, or an address as it stands. */
export function placeOf({ source }: DatasetDefinition, root: string): string {
  return isAddress(source) ? source : resolve(root, source)
}

/** How a dataset of the project is written. */
export function readingOfDataset(definition: DatasetDefinition, root: string): OpenOptions {
  const { format, csv = {} } = definition
  const { badLines } = csv
  const kept = typeof badLines === 'object' ? { quarantine: resolve(root, badLines.quarantine) } : badLines
  if (typeof kept === 'object') refuseOverwrite(kept.quarantine, [placeOf(definition, root)])
  return { ...csv, ...(format === undefined ? {} : { format }), ...(kept === undefined ? {} : { badLines: kept }) }
}

/** Opens a version of a tracked path from the cache. */
export async function openVersion(
  path: string,
  version: string,
  context: Context,
  options: OpenOptions,
): Promise<Frame> {
  const user = userConfigOf(context.env)
  const repo = await findRepo(context.cwd, undefined, user)
  if (!repo) {
    throw failure('DS_USAGE', `${path}@${version}: there is no DVC repository here`, {
      hint: 'Record a version first: dayshift version PATH.',
    })
  }
  const { hash } = await versionAt(path, version, { cwd: context.cwd, user })
  const folder = await newTemporary('version', context)
  const copy = join(folder, basename(path))
  await restore(repo, hash, copy, { signal: context.signal })
  const full = hash.startsWith('md5:') ? hash : `md5:${hash}`
  const dataset = { ...fileDataset(path, context.cwd, formatOf(path)), version: full }
  return open(copy, { ...options, dataset }).catch((error: unknown) =>
    Promise.reject(isDayshiftError(error) ? renamed(error, copy, `${path}@${version}`) : error),
  )
}

/** An error that calls a place as the user does: nobody knows the copy that was made for him. */
function renamed(error: DayshiftError, place: string, name: string): DayshiftError {
  const { code, kind, hint, where, cause } = error
  const said = (text: string): string => text.replaceAll(place, name)
  const more = { hint: said(hint), cause, ...(where === undefined ? {} : { where: said(where) }) }
  return new DayshiftError(code, kind, said(error.message), more)
}
