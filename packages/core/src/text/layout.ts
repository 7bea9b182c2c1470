import { failure } from '../codes.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { CsvOptions } from '../source.ts'
import { emptyFile } from './header.ts'
import { fileBytes, isOpaque } from './file-bytes.ts'
import { cellCounts, detectDelimiter } from './delimiter.ts'

/** Lines that tell how a text table is written. */
const HEAD_LINES = 100

/** Characters after which no more lines are looked for. */
const HEAD_TEXT = 1 << 20

const LINE_END = /\r\n|\n|\r/g

/** How a text table is written, and the cells that its records have. */
export interface FoundLayout {
  readonly layout: CsvLayout
  readonly cells: number
}

/**
 * Finds how a text table is written, by its first lines and what was said of it.
 *
 * @param file what is read
 * @param name the file's name; where nothing parts the cells of a `.tsv`, tabs would
 * @throws DS_OPTION for what cannot part or quote cells
 * @throws DS_SOURCE_EMPTY for a file of empty lines
 */
export async function layoutOf(
  engine: Engine,
  file: string,
  name: string,
  options: CsvOptions,
  query?: QueryOptions,
): Promise<FoundLayout> {
  checkOptions(options)
  const said = {
    quote: options.quote ?? '"',
    header: options.header ?? options.names === undefined,
    nulls: options.nulls ?? [''],
    ...given('escape', options.escape),
    ...given('comment', options.comment),
    ...given('skip', options.skip),
    ...given('encoding', engine.scratch ? undefined : options.encoding),
  }
  const { blankLines, lines } = await headOf(engine, file, said, query)
  const usual = /\.tsv(\.|$)/i.test(name) ? '\t' : ','
  const delimiter = options.delimiter ?? detectDelimiter(lines, said.quote, usual)
  const layout = { ...said, delimiter, blankLines }
  return { layout, cells: cellsOf(lines, layout) }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value }
}

/** The same layout for another file, which may have other empty lines before its header, with its number of cells. */
export async function layoutFor(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  query?: QueryOptions,
): Promise<FoundLayout> {
  const { blankLines, lines } = await headOf(engine, file, layout, query)
  return { layout: { ...layout, blankLines }, cells: cellsOf(lines, layout) }
}

/** The cells that every record must have: those of the header, or as many as most of the first records have. */
function cellsOf(lines: readonly string[], { delimiter, quote, escape, header }: CsvLayout): number {
  const counts = cellCounts(lines, delimiter, quote, escape)
  if (header) return counts[0] as number
  const often = (cells: number): number => counts.filter((count) => count === cells).length
  return counts.reduce((best, cells) => (often(cells) > often(best) ? cells : best))
}

/** The first lines of a table, and the number of those before its first record. Comments are left out. */
async function headOf(
  engine: Engine,
  file: string,
  { skip = 0, comment, encoding }: Pick<CsvLayout, 'skip' | 'comment' | 'encoding'>,
  query?: QueryOptions,
): Promise<{ blankLines: number; lines: string[] }> {
  const lines = await firstLines(engine, file, skip + HEAD_LINES, encoding, query)
  const all = lines.slice(skip)
  if (all.every((line) => line.trim() === '')) throw emptyFile(file)
  const isComment = (line: string): boolean => comment !== undefined && comment !== '' && line.startsWith(comment)
  const first = all.findIndex((line) => line !== '' && !isComment(line))
  // The engine does not count comments among the lines that it skips.
  const blankLines = all.slice(0, Math.max(0, first)).filter((line) => line === '').length
  return { blankLines, lines: all.filter((line) => !isComment(line)) }
}

/** The first lines of a text file, the last of them only where it is whole. */
export async function firstLines(
  engine: Engine,
  file: string,
  count: number,
  encoding: string | undefined,
  query?: QueryOptions,
): Promise<string[]> {
  if (isOpaque(file) || encoding !== undefined) {
    const found = await engine.query(engine.dialect.scanLines(file, count, encoding).text, query)
    return found.map(({ line }) => (typeof line === 'string' ? line : ''))
  }
  const decoder = new TextDecoder()
  let text = ''
  let ends = 0
  for await (const chunk of fileBytes(file, query)) {
    const more = decoder.decode(chunk, { stream: true })
    text += more
    ends += more.match(LINE_END)?.length ?? 0
    if (ends >= count || (ends > 0 && text.length >= HEAD_TEXT)) break
  }
  const lines = text.split(LINE_END)
  // Behind the last line end there is no line, or one that was not read whole.
  if (lines.length > 1 && (lines.at(-1) === '' || text.length >= HEAD_TEXT)) lines.pop()
  return lines.slice(0, count)
}

function checkOptions({ delimiter, quote = '"', escape, comment, skip, badLines }: CsvOptions): void {
  const bytes = Buffer.byteLength(delimiter ?? ',')
  if (bytes === 0 || bytes > 4) throw wrong('delimiter', delimiter, 'has 1 to 4 bytes')
  for (const [name, value] of Object.entries({ quote, escape, comment })) {
    if (value !== undefined && Buffer.byteLength(value) > 1) throw wrong(name, value, 'is one character of ASCII')
  }
  for (const [name, value] of Object.entries({ quote, escape, comment })) {
    if (value !== undefined && value !== '' && delimiter?.includes(value))
      throw wrong(name, value, 'is no part of the delimiter')
  }
  if (comment !== undefined && comment !== '' && (comment === quote || comment === escape)) {
    throw wrong('comment', comment, 'is neither the quote nor the escape')
  }
  if (badLines !== undefined && badLines !== 'error' && badLines !== 'skip' && typeof badLines !== 'object') {
    throw wrong('badLines', badLines, "is 'error', 'skip' or { quarantine: path }")
  }
  if (skip !== undefined && (!Number.isSafeInteger(skip) || skip < 0)) {
    throw wrong('skip', skip, 'is a number of lines, 0 or more')
  }
}

function wrong(option: string, value: unknown, rule: string): Error {
  return failure('DS_OPTION', `${option} is ${JSON.stringify(value)}`, { hint: `${option} ${rule}.` })
}
