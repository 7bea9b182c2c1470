import { existsSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { Frame } from '@dayshift/core'
import { needFolder, refuseOverwrite } from '@dayshift/core'
import { formatSize } from '@dayshift/core/ground'
import {
  mergeReferenceProfiles,
  readReferenceProfile,
  referenceProfile,
  writeReferenceProfile,
  type KeptTexts,
  type ReferenceProfile,
} from '@dayshift/monitor'
import { failure } from '../codes.ts'
import type { Context, Outcome } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag, numberFlag, oneOf, type Flags } from '../flags.ts'
import { count, printable } from '../render/words.ts'
import { sourceFlags } from '../source-flags.ts'

/** Flags of `dayshift profile`. */
export const profileFlags = {
  columns: { type: 'string', multiple: true, value: 'A,B', help: 'these columns only' },
  key: { type: 'string', multiple: true, value: 'A,B', help: 'also count how often values of this key come again' },
  save: {
    type: 'string',
    value: 'FILE',
    help: 'write a reference profile that drift compares with: NAME.profile.json or NAME.profile.parquet',
  },
  texts: {
    type: 'string',
    value: 'plain|hashed|none',
    help: 'with --save: how values, forms and words of texts are kept (default: plain)',
  },
  cells: {
    type: 'string',
    value: 'N',
    help: 'with --save: cells of a distribution function, a power of 2 (default: 4096)',
  },
  merge: { type: 'boolean', help: 'with --save: merge the reference profiles that are named' },
  ...sourceFlags,
  ...engineFlags,
} as const satisfies Flags

/** What the command works with. */
export type ProfileContext = Context<typeof profileFlags>

/**
 * Checks the file that a profile is to be written to, before any work is done.
 *
 * @param sources files that are read
 * @returns its path
 */
export async function targetOf(file: string, sources: readonly string[], { cwd }: ProfileContext): Promise<string> {
  if (!/\.(json|parquet)$/i.test(file)) {
    throw failure('DS_USAGE', `--save ${file}: a reference profile is JSON or Parquet`, {
      hint: 'Name it as train.profile.json or train.profile.parquet: by that drift knows it.',
    })
  }
  const path = resolve(cwd, file)
  refuseOverwrite(path, sources)
  await needFolder(path)
  return path
}

/** Writes the reference profile of a frame. */
export async function saveProfile(frame: Frame, path: string, context: ProfileContext): Promise<readonly string[]> {
  const { flags, signal, terminal } = context
  const profile = await referenceProfile(frame, {
    columns: listFlag(flags.columns),
    texts: oneOf<KeptTexts>('texts', flags.texts, ['plain', 'hashed', 'none'], 'plain'),
    cells: numberFlag('cells', flags.cells),
    signal,
    onProgress: ({ done, total }) => terminal.progress('reference profile', total === 0 ? 1 : done / total),
  })
  await writeReferenceProfile(path, profile, { signal, engine: await context.engine() })
  return written(profile, path, context)
}

/** Merges reference profiles, and writes what they come to. */
export async function mergeProfileFiles(context: ProfileContext): Promise<Outcome> {
  const { positionals, flags, cwd, signal } = context
  if (flags.save === undefined || positionals.length < 2) {
    throw failure('DS_USAGE', '--merge takes two reference profiles or more, and --save FILE', {
      hint: 'As in: dayshift profile --merge january.profile.json february.profile.json --save year.profile.json',
    })
  }
  for (const name of ['columns', 'key', 'texts', 'cells'] as const)
    if (flags[name] !== undefined) throw failure('DS_USAGE', `--${name} goes with data, not with --merge`)
  const files = positionals.map((file) => resolve(cwd, file))
  // A file of parts may be merged into: it is read whole before it is written.
  const target = await targetOf(flags.save, [], context)
  const engine = await context.engine()
  let merged: ReferenceProfile | undefined
  for (const file of files) {
    const profile = await readReferenceProfile(file, { signal, engine })
    merged = merged ? mergeReferenceProfiles(merged, profile) : profile
  }
  if (!merged) throw failure('DS_USAGE', '--merge takes two reference profiles or more')
  await writeReferenceProfile(target, merged, { signal, engine })
  const { rows, columns } = merged
  return {
    reports: [],
    result: { saved: target, merged: files, rows, columns: columns.map(({ name, type }) => ({ name, type })) },
    text: written(merged, target, context),
  }
}

function written({ rows, columns, texts }: ReferenceProfile, path: string, { cwd }: ProfileContext): readonly string[] {
  const size = existsSync(path) ? `, ${formatSize(statSync(path).size)}` : ''
  const kept = texts === 'plain' ? '' : `, texts ${texts === 'none' ? 'left out' : 'hashed'}`
  const name = printable(relative(cwd, path))
  return [
    `${name}: reference profile of ${count(rows, 'row')}, ${count(columns.length, 'column')}${kept}${size}`,
    `compare with it: dayshift drift ${name} CURRENT`,
  ]
}
