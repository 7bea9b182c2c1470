import { copyFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { originalOf, rememberCopy } from './copies.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { Finding } from '../finding.ts'
import type { CsvOptions } from '../source.ts'
import { decoded, encodingOf, markedEncoding } from './encoding.ts'
import { fileBytes, isOpaque } from './file-bytes.ts'
import { withOneLineEnd, type LineEnds } from './line-ends.ts'
import { scratchCopy } from './scratch-copy.ts'
import { newTable } from '../sources/table-name.ts'

/**
 * The files that the engine can read in place of those given, in UTF-8 and with the same lines: themselves, or copies
 * that live as long as the engine.
 *
 * @throws DS_OPTION for an encoding that is not known
 * @throws DS_SOURCE_MALFORMED for bytes that are not of the encoding, unless bad lines are let pass
 */
export async function readableFiles(
  engine: Engine,
  files: readonly string[],
  { encoding, badLines = 'error', comment = '' }: Pick<CsvOptions, 'encoding' | 'badLines' | 'comment'>,
  query: QueryOptions,
): Promise<string[]> {
  const said = encoding === undefined ? 'utf-8' : encodingOf(encoding)
  if (!engine.scratch) return [...files]
  const readable: string[] = []
  for (const file of files) {
    // The engine takes a comment behind a byte order mark for none.
    if (comment !== '' && !isOpaque(file) && (await isMarked(file, query))) {
      readable.push(await scratchCopy(engine, file, withoutMark(file, query), query))
      continue
    }
    const found = isOpaque(file) ? said : ((await markedEncoding(file, query)) ?? said)
    readable.push(
      found === 'utf-8' || isOpaque(file)
        ? await knownName(engine, file)
        : await scratchCopy(engine, file, decoded(file, found, badLines === 'error', query), query),
    )
  }
  return readable
}

const MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Whether a file begins with the byte order mark of UTF-8. */
async function isMarked(file: string, query: QueryOptions): Promise<boolean> {
  for await (const start of fileBytes(file, query)) return start.subarray(0, MARK.length).equals(MARK)
  return false
}

async function* withoutMark(file: string, query: QueryOptions): AsyncGenerator<Buffer> {
  let left = MARK.length
  for await (const chunk of fileBytes(file, query)) {
    yield chunk.subarray(left)
    left = 0
  }
}

/** The engine tells compression by names in small letters. */
async function knownName(engine: Engine, file: string): Promise<string> {
  const suffix = /\.(gz|zst)$/i.exec(file)?.[0]
  if (suffix === undefined || suffix === suffix.toLowerCase() || !engine.scratch) return file
  const path = join(await engine.scratch(), `${newTable('copy')}.csv${suffix.toLowerCase()}`)
  // Windows lets not everybody make links.
  await symlink(file, path).catch(() => copyFile(file, path))
  rememberCopy(path, file)
  return path
}

/**
 * A text table whose lines end in several ways, as one whose lines end in one way.
 *
 * @returns nothing where its lines end in one way already
 */
export async function withoutMixedEnds(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  query: QueryOptions,
): Promise<{ file: string; note: Finding } | undefined> {
  if (!engine.scratch || isOpaque(file)) return undefined
  const found: LineEnds = { first: undefined, other: undefined }
  const copy = await scratchCopy(engine, file, withOneLineEnd(file, layout, found, query), query)
  if (found.other === undefined) {
    await rm(copy, { force: true })
    return undefined
  }
  const note: Finding = {
    severity: 'info',
    code: 'source.line_ends',
    message: `${originalOf(file)}:${found.other} ends otherwise than the lines before it; all are read alike`,
    hint: 'Nothing is lost. Where several programs write the file, let them end lines alike: LF or CRLF.',
  }
  return { file: copy, note }
}
