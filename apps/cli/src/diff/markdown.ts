import { markdownCell, markdownCode, markdownText } from '../render/markdown-text.ts'
import { clip } from '../render/table.ts'
import { count } from '../render/words.ts'
import type { DatasetDiff } from './dataset-diff.ts'
import { checkRows, diffSummary, driftRows, keyWords, oddWords, sizeRows } from './words.ts'

/** Bytes that a comment may have: GitHub takes 65,536 characters, GitLab a million. */
const MOST_BYTES = 60_000

/** Lines of each table. */
const MOST_LINES = 40

/** Columns whose examples are shown, and rows of each kind. */
const MOST_EXAMPLES = 20

/** Longest cell. */
const CELL = 60

/**
 * A comparison as a comment on a pull request. Its first line marks it, so that the next run finds it and writes over it.
 *
 * @param subject the dataset, without versions: the mark names it
 */
export function diffMarkdown(diff: DatasetDiff, subject: string): string[] {
  const { before, after, schema = [], rows, differs, notes } = diff
  const blocks: string[][] = [
    [diffMark(subject)],
    [`### ${differs ? '🔶' : '✅'} Data: ${markdownCode(clip(subject, CELL))}: ${markdownText(diffSummary(diff))}`],
    [`${markdownCode(clip(before.name, CELL))} → ${markdownCode(clip(after.name, CELL))}`],
    tableOf(['', 'before', 'after', ''], sizeRows(diff), '--- | ---: | ---: | ---:', 'lines'),
    titled(
      'Schema',
      tableOf(
        ['', 'column', 'what'],
        schema.map(({ class: how, column, message }) => [how, column, message]),
        '--- | --- | ---',
        'changes',
      ),
    ),
    titled('Changed columns', rows ? changedTable(rows) : []),
    titled('Contract', tableOf(['check', 'before', 'now'], checkRows(diff), '--- | --- | ---', 'checks')),
    titled(
      'Drift',
      tableOf(
        ['column', 'detector', 'effect', 'p', 'what happened'],
        driftRows(diff),
        '--- | --- | ---: | ---: | ---',
        'columns',
      ),
    ),
    rows ? [...oddWords(rows), keyWords(rows).join('; ')].map((line) => `- ${markdownText(clip(line, 4 * CELL))}`) : [],
    notes.slice(0, MOST_LINES).map(({ message }) => `- ${markdownText(clip(message, 4 * CELL))}`),
    rows ? exampleLines(rows) : [],
  ]
  return bounded(blocks.filter((block) => block.length > 0))
}

/** What marks the comment on a dataset, whatever its versions. */
export function diffMark(subject: string): string {
  // What would end the comment, or is no part of one.
  return `<!-- dayshift diff ${subject.replaceAll(/[^\p{L}\p{N}./@_ -]/gu, '_').replaceAll(/-{2,}/g, '-')} -->`
}

function changedTable({ columns, key }: NonNullable<DatasetDiff['rows']>): string[] {
  const lines = columns.map(({ column, changed, filled, emptied }) => [
    column,
    changed.toLocaleString('en-US'),
    filled.toLocaleString('en-US'),
    emptied.toLocaleString('en-US'),
  ])
  return key.length === 0
    ? []
    : tableOf(['column', 'rows', 'had no value', 'have none now'], lines, '--- | ---: | ---: | ---:', 'columns')
}

function exampleLines({ columns, compared, addedRows, removedRows }: NonNullable<DatasetDiff['rows']>): string[] {
  const changed = columns
    .slice(0, MOST_EXAMPLES)
    .flatMap(({ column, examples }) =>
      examples.map(({ key, before, after }) => [column, key.join(', '), valueOf(before), valueOf(after)]),
    )
  const row = (values: readonly (string | null)[]): string =>
    clip(values.map((value, at) => `${compared[at]}=${valueOf(value)}`).join(' '), 4 * CELL)
  const whole = [
    ...addedRows.slice(0, MOST_EXAMPLES).map((values) => ['added', row(values)]),
    ...removedRows.slice(0, MOST_EXAMPLES).map((values) => ['removed', row(values)]),
  ]
  if (changed.length + whole.length === 0) return []
  return [
    '<details><summary>Examples</summary>',
    ...exampleTable(['column', 'key', 'before', 'after'], changed),
    ...exampleTable(['', 'row'], whole),
    '',
    '</details>',
  ]
}

function exampleTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  return ['', ...tableOf(head, rows, head.map(() => '---').join(' | '), 'examples', true)]
}

function valueOf(value: string | null): string {
  return value === null ? 'no value' : value === '' ? "''" : value
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`**${title}**`, '', ...lines]
}

function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rule: string,
  noun: string,
  areValues = false,
): string[] {
  if (rows.length === 0) return []
  // Names and values of data stand as code: nobody is notified by an @ in them, and nothing becomes a link.
  const cellOf = (value: string, at: number): string =>
    areValues && at > 0 ? markdownCode(clip(value, 4 * CELL)).replaceAll('|', '\\|') : markdownCell(clip(value, CELL))
  const shown = rows.slice(0, MOST_LINES)
  const left = rows.length - shown.length
  return [
    `| ${head.join(' | ')} |`,
    `| ${rule} |`,
    ...shown.map((row) => `| ${row.map(cellOf).join(' | ')} |`),
    ...(left > 0 ? ['', `… ${left.toLocaleString('en-US')} more ${noun}`] : []),
  ]
}

/** Blocks as long as there is room: what is left out is said. */
function bounded(blocks: readonly string[][]): string[] {
  const lines: string[] = []
  let bytes = 0
  let left = 0
  for (const [at, block] of blocks.entries()) {
    const text = at === 0 ? block : ['', ...block]
    const size = Buffer.byteLength(text.join('\n')) + 1
    if (bytes + size > MOST_BYTES) left++
    else {
      lines.push(...text)
      bytes += size
    }
  }
  return left === 0 ? lines : [...lines, '', `${count(left, 'part')} left out for length: --format json has all.`]
}
