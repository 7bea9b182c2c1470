import { failure } from '../codes.ts'

/**
 * Adds the line that keeps data out of git to the text of the `.gitignore` beside it.
 *
 * @param text what the file holds now; empty where there is none
 * @param name the data's name in that folder
 * @returns the new text; the same text where the line is there already
 * @throws DS_DVC_PATH_NAME where the name holds a line break, which no line can name
 * @example withIgnored('/a', 'weather [raw].csv') // '/a\n/weather \\[raw\\].csv\n'
 */
export function withIgnored(text: string, name: string): string {
  const line = lineOf(name)
  if (text.split(/\r?\n/).includes(line)) return text
  const complete = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return `${complete}${line}\n`
}

/**
 * Takes the line of data out again, in whichever way it was written: by dayshift, by any DVC, or by hand as the bare name.
 *
 * @returns the new text; empty where nothing is left, and the file is to go
 * @throws as {@link withIgnored}
 * @example withoutIgnored('/a\n/b\\#1\n', 'b#1') // '/a\n'
 */
export function withoutIgnored(text: string, name: string): string {
  const own = lineOf(name)
  const other = [`/${escaped(name)}`, `/${escaped(name).replaceAll('\\\\', '\\')}`, `/${name}`]
  const lines = new Set([own, ...other.filter((line) => !isLineOfAnother(line, name))])
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? [])
    .filter((line) => ![line.replace(/\r?\n$/, ''), line.trimEnd()].some((bare) => lines.has(bare)))
    .join('')
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
