import { mkdtemp, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { open, type Engine } from '@dayshift/core'
import { formatOf, formatSize, isDayshiftError } from '@dayshift/core/ground'
import { versions, type OpenedVersion, type PathVersion } from '@dayshift/dvc'
import { defineDvcCommand } from '../../dvc/command.ts'
import { engineFlags } from '../../engine-flags.ts'
import { table } from '../../render/table.ts'
import { printable } from '../../render/words.ts'
import { onlyWord } from '../../only-word.ts'
import { newTemporary } from '../../temporary.ts'

export const command = defineDvcCommand({
  name: 'dvc versions',
  summary: 'list every version of a path',
  usage: '<path>',
  description: [
    'Lists every version of tracked data that a commit of any branch or tag recorded, newest first: when and by whom, its tags,',
    'size, files of a directory, rows of a table that the cache has. A version is read as PATH@TAG or PATH@COMMIT.',
  ],
  flags: {
    'no-rows': { type: 'boolean', help: 'count no rows' },
    ...engineFlags,
  },
  examples: ['dayshift dvc versions data/train.csv', 'dayshift dvc versions data/images --json'],
  run: async (context) => {
    const { flags, positionals, repo, terminal } = context
    const path = onlyWord(positionals, 'path')
    const isTable = flags['no-rows'] !== true && formatOf(path) !== undefined
    let folder: Promise<string> | undefined
    const countRows = async (version: OpenedVersion): Promise<number | undefined> => {
      terminal.progress('counting rows')
      folder ??= newTemporary('versions', context)
      return rowsOf(version, await folder, await context.engine(), repo.cwd, repo.signal)
    }
    const found = await versions(path, { ...repo, ...(isTable ? { countRows } : {}) })
    return { reports: [], result: { path, versions: found }, subject: path, text: linesOf(found, terminal.columns) }
  },
})

/** Rows of a file; the object has no name that would tell the format, so that it gets one, in a folder of its own. */
async function rowsOf(
  { path, isDirectory, files }: OpenedVersion,
  folder: string,
  engine: Engine,
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const [file] = files
  if (isDirectory || !file) return undefined
  const link = join(await mkdtemp(join(folder, 'rows-')), basename(path))
  try {
    await symlink(file.object, link)
    const frame = await open(link, { cwd, engine, signal })
    return await frame.count()
  } catch (error) {
    // A version that is no table of its format has no rows to tell.
    if (isDayshiftError(error) && error.code !== 'DS_ABORTED') return undefined
    throw error
  }
}

function linesOf(found: readonly PathVersion[], columns: number): string[] {
  const has = (key: 'files' | 'rows'): boolean => found.some((one) => one[key] !== undefined)
  const head = ['commit', 'date', 'tags', 'size', ...(has('files') ? ['files'] : []), ...(has('rows') ? ['rows'] : [])]
  const rows = found.map(({ commit, date, tags, bytes, files, rows: count, hash, author, message, isCached }) => [
    commit?.slice(0, 7) ?? '–',
    date?.slice(0, 10) ?? 'not committed',
    tags.map(printable).join(', '),
    bytes === undefined ? '' : formatSize(bytes),
    ...(has('files') ? [numberWords(files)] : []),
    ...(has('rows') ? [numberWords(count)] : []),
    `${hash.slice(4, 12)}${isCached ? '' : ' (not in cache)'}`,
    printable(message?.split('\n', 1)[0] ?? (author === undefined ? '' : author)),
  ])
  return table([[...head, 'md5', 'message'], ...rows], '', columns)
}

function numberWords(count: number | undefined): string {
  return count === undefined ? '' : count.toLocaleString('en-US')
}
