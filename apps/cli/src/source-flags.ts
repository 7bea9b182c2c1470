import { existsSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { OpenOptions } from '@dayshift/core'
import { refuseOverwrite } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { listFlag, numberFlag, oneOf, type Flags, type FlagValues } from './flags.ts'

/** Flags that say how a source is written. */
export const sourceFlags = {
  as: {
    type: 'string',
    value: 'csv|json|jsonl|parquet|arrow',
    help: 'the source’s format (default: by its name, or first bytes)',
  },
  delimiter: { type: 'string', value: 'CHAR', help: 'what parts the cells of a text table (default: found out)' },
  quote: { type: 'string', value: 'CHAR', help: 'what stands around cells (default: ")' },
  escape: { type: 'string', value: 'CHAR', help: 'what escapes a quote within quotes (default: the quote)' },
  comment: { type: 'string', value: 'CHAR', help: 'lines, and ends of lines, that begin with it are left out' },
  null: { type: 'string', multiple: true, value: 'TEXT', help: 'a cell that means "no value", in every column' },
  type: {
    type: 'string',
    multiple: true,
    value: 'COL=TYPE',
    help: 'a column’s type, as zip=VARCHAR (default: found out)',
  },
  encoding: { type: 'string', value: 'NAME', help: 'encoding of a text table (default: utf-8)' },
  'no-header': { type: 'boolean', help: 'the first line is data, not names' },
  names: { type: 'string', multiple: true, value: 'A,B,C', help: 'names of the columns, in place of a header’s' },
  skip: { type: 'string', value: 'N', help: 'lines before the header that are no part of the table' },
  'bad-lines': {
    type: 'string',
    value: 'error|skip|quarantine',
    help: 'what becomes of broken lines (default: error)',
  },
  quarantine: { type: 'string', value: 'FILE', help: 'where broken lines are kept, as JSON Lines; or a folder' },
} as const satisfies Flags

const FORMATS = ['csv', 'json', 'jsonl', 'parquet', 'arrow'] as const

/**
 * How a source is written, as the flags say it.
 *
 * @param path of the source
 * @throws DS_USAGE for flags that contradict one another, or have no such value
 */
export function readingOfFlags(flags: FlagValues<typeof sourceFlags>, path: string, cwd: string): OpenOptions {
  const names = listFlag(flags.names)
  const skip = numberFlag('skip', flags.skip)
  if (skip !== undefined && (!Number.isSafeInteger(skip) || skip < 0))
    throw failure('DS_USAGE', `--skip takes a number of lines, not '${flags.skip}'`)
  const badLines = badLinesOf(flags, path, cwd)
  return {
    ...(flags.as === undefined ? {} : { format: oneOf('as', flags.as, FORMATS, 'csv') }),
    ...(flags.delimiter === undefined ? {} : { delimiter: flags.delimiter === '\\t' ? '\t' : flags.delimiter }),
    ...(flags.quote === undefined ? {} : { quote: flags.quote }),
    ...(flags.escape === undefined ? {} : { escape: flags.escape }),
    ...(flags.comment === undefined ? {} : { comment: flags.comment }),
    ...(flags.null === undefined ? {} : { nulls: ['', ...flags.null] }),
    ...(flags.type === undefined ? {} : { types: typesOf(flags.type) }),
    ...(flags.encoding === undefined ? {} : { encoding: flags.encoding }),
    // Names take the place of a header's; where there is none, that is said.
    ...(flags['no-header'] === true ? { header: false } : names ? { header: true } : {}),
    ...(names ? { names } : {}),
    ...(skip === undefined ? {} : { skip }),
    ...(badLines === undefined ? {} : { badLines }),
  }
}

function typesOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.lastIndexOf('=')
      const type = word.slice(at + 1).trim()
      if (at < 1 || type === '')
        throw failure('DS_USAGE', `--type ${word}: write COLUMN=TYPE, as zip=VARCHAR or price=DECIMAL(10,2)`)
      return [word.slice(0, at), type]
    }),
  )
}

function badLinesOf(
  { 'bad-lines': choice, quarantine }: FlagValues<typeof sourceFlags>,
  path: string,
  cwd: string,
): OpenOptions['badLines'] {
  const kept = oneOf('bad-lines', choice, ['error', 'skip', 'quarantine'] as const, 'error')
  if (kept !== 'quarantine') {
    if (quarantine === undefined) return choice === undefined ? undefined : kept
    throw failure('DS_USAGE', '--quarantine goes with --bad-lines quarantine: it is where broken lines are kept', {
      hint: 'Rows that break a contract are written by --failures.',
    })
  }
  if (quarantine === undefined) {
    throw failure('DS_USAGE', '--bad-lines quarantine needs --quarantine FILE', {
      hint: 'Name a file, or a folder that is there.',
    })
  }
  const place = resolve(cwd, quarantine)
  const file = isFolder(place) ? join(place, `${basename(path)}.bad-lines.jsonl`) : place
  if (existsSync(path)) refuseOverwrite(file, [path])
  return { quarantine: file }
}

/**
 * Checks that the broken lines of several sources will not be written to one file.
 *
 * @throws DS_USAGE
 */
export function refuseSharedQuarantine(
  { quarantine }: FlagValues<typeof sourceFlags>,
  sources: readonly { readonly path: string }[],
  cwd: string,
): void {
  if (quarantine === undefined || sources.length < 2) return
  const names = new Set(sources.map(({ path }) => basename(path)))
  if (isFolder(resolve(cwd, quarantine)) && names.size === sources.length) return
  throw failure(
    'DS_USAGE',
    `--quarantine ${quarantine}: the broken lines of ${sources.length} sources need a file each`,
    {
      hint: 'Name a folder that is there; files of the same name are to be looked at one by one.',
    },
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
