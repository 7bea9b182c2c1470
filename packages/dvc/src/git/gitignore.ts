import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { systemCode } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { unreadable } from '../cache/hash.ts'

/** What a `.gitignore` holds: its text, or its bytes where these are not UTF-8. Git compares bytes. */
export type IgnoreText = string | Uint8Array

/**
 * Reads a `.gitignore`.
 *
 * @returns empty where there is none
 * @throws DS_DVC_UNREADABLE
 */
export async function readIgnoreText(path: string): Promise<IgnoreText> {
  try {
    return textOf(await readFile(path))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw unreadable(path, error)
  }
}

function textOf(bytes: Buffer): IgnoreText {
  return isUtf8(bytes) ? bytes.toString() : bytes
}

/** With a character for each byte. */
function byteString(text: IgnoreText): string {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text)
  return bytes.toString('latin1')
}

/**
 * Adds the line that keeps data out of git to what the `.gitignore` beside it holds.
 *
 * @param text what the file holds now; empty where there is none
 * @param name the data's name in that folder
 * @returns the new text; the very same where the line is there already
 * @throws DS_DVC_PATH_NAME where the name holds a line break, which no line can name
 * @example withIgnored('/a', 'weather [raw].csv') // '/a\n/weather \\[raw\\].csv\n'
 */
export function withIgnored(text: IgnoreText, name: string): IgnoreText {
  const line = byteString(lineOf(name))
  const before = byteString(text)
  if (before.split(/\r?\n/).includes(line)) return text
  const complete = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return textOf(Buffer.from(`${complete}${line}\n`, 'latin1'))
}

/**
 * Takes the line of data out again, in whichever way it was written: by dayshift, by any DVC, or by hand as the bare name.
 *
 * @returns the new text, the very same where nothing goes; empty where nothing is left, and the file is to go
 * @throws as {@link withIgnored}
 * @example withoutIgnored('/a\n/b\\#1\n', 'b#1') // '/a\n'
 */
export function withoutIgnored(text: IgnoreText, name: string): IgnoreText {
  const own = lineOf(name)
  const other = [`/${escaped(name)}`, `/${escaped(name).replaceAll('\\\\', '\\')}`, `/${name}`]
  const lines = new Set([own, ...other.filter((line) => !isLineOfAnother(line, name))].map(byteString))
  const before = byteString(text)
  const after = (before.match(/[^\n]*\n|[^\n]+$/g) ?? [])
    .filter((line) => ![line.replace(/\r?\n$/, ''), line.replace(/[ \t\r\n]+$/, '')].some((bare) => lines.has(bare)))
    .join('')
  return after === before ? text : textOf(Buffer.from(after, 'latin1'))
}

/** `/\\#a` is not the line of the file `\\#a`, which somebody forgot to escape, but that of the file `#a`. */
function isLineOfAnother(line: string, name: string): boolean {
  const named = line.slice(1).replaceAll(/\\(.)/gs, '$1')
  return named !== name && `/${escaped(named)}` === line
}

/** DVC leaves spaces at the end as they are, so that git goes on seeing such files. */
function lineOf(name: string): string {
  if (/[\n\r]/.test(name)) {
    throw failure('DS_DVC_PATH_NAME', `${JSON.stringify(name)}: no line of .gitignore can name it`, { where: name })
  }
  return `/${escaped(name).replace(/ +$/, (spaces) => '\\ '.repeat(spaces.length))}`
}

/** As pathspec 1.1 does for DVC; releases before left backslashes alone. */
function escaped(name: string): string {
  return name.replaceAll(/[\\[\]!*#?]/g, (character) => `\\${character}`)
}
