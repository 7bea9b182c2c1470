import { clip, table, wrap } from '../render/table.ts'
import { count, printable, valueWords } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'
import type { DatasetDiff } from './dataset-diff.ts'
import { checkRows, diffSummary, driftRows, keyWords, oddWords, rowWords, sizeRows } from './words.ts'

/** Columns, changes and rows that a screen has room for. */
const MOST = 20

/** Longest value. */
const VALUE = 30

/** A comparison as lines for a person. */
export function diffText(diff: DatasetDiff, terminal: Terminal, verbose: boolean): string[] {
  const { before, after, schema, rows, differs, notes } = diff
  const to = terminal.columns
  const most = verbose ? Infinity : MOST
  const mark = differs ? terminal.paint('yellow', '!') : terminal.paint('green', '✔')
  const [first = '', ...more] = wrap(
    `diff ${printable(before.name)} → ${printable(after.name)}: ${printable(diffSummary(diff))}`,
    to,
    '! ',
  )
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', terminal.paint('bold', title), ...lines]
  return [
    `${mark} ${first.slice(2)}`,
    ...more,
    ...table([['', 'before', 'after', ''], ...sizeRows(diff)], '  ', to),
    ...section(
      'schema',
      cut(schema ?? [], most).map(({ kind, class: how, message }) =>
        clip(`  ${kind} (${how}): ${printable(message)}`, to),
      ),
    ),
    ...section('rows', rows ? rowLines(rows, to, most) : []),
    ...section(
      'contract',
      table(printableRows([['check', 'before', 'now'], ...cut(checkRows(diff), most)], 2), '  ', to),
    ),
    ...section(
      'drift',
      table(printableRows([['column', 'detector', 'effect', 'p', ''], ...cut(driftRows(diff), most)], 2), '  ', to),
    ),
    ...section(
      'notes',
      notes.flatMap(({ message }) => wrap(printable(message), to, '  ')),
    ),
  ]
}

/** Rows of a table that has more than its head. */
function printableRows(rows: readonly string[][], least: number): string[][] {
  return rows.length < least ? [] : rows.map((row) => row.map(printable))
}

function rowLines(rows: NonNullable<DatasetDiff['rows']>, to: number, most: number): string[] {
  const { columns, key, addedRows, removedRows } = rows
  const shown = cut(columns, most)
  const left = columns.length - shown.length
  return [
    `  ${rowWords(rows)}, ${rows.unchanged.toLocaleString('en-US')} unchanged`,
    ...[...oddWords(rows), keyWords(rows).join('; ')].flatMap((line) => wrap(printable(line), to, '  ')),
    ...(shown.length === 0
      ? []
      : table(
          [
            ['column', 'rows', ...(key.length > 0 ? ['for example'] : [])],
            ...shown.map(({ column, changed, examples: [example] }) => [
              printable(column),
              changed.toLocaleString('en-US'),
              example
                ? `${example.key.map(printable).join(', ')}: ${valueOf(example.before)} → ${valueOf(example.after)}`
                : '',
            ]),
          ],
          '  ',
          to,
        )),
    ...(left > 0 ? [`  … ${count(left, 'more column')}; -v shows all`] : []),
    ...examples('added', addedRows, rows.compared, to),
    ...examples('removed', removedRows, rows.compared, to),
  ]
}

function examples(
  verb: string,
  rows: readonly (readonly (string | null)[])[],
  names: readonly string[],
  to: number,
): string[] {
  return rows.map((row) =>
    clip(`  ${verb} ${row.map((value, at) => `${printable(names[at] ?? '')}=${valueOf(value)}`).join(' ')}`, to),
  )
}

function valueOf(value: string | null): string {
  return value === '' ? "''" : clip(valueWords(value), VALUE)
}

function cut<Item>(list: readonly Item[], most: number): readonly Item[] {
  return list.slice(0, most)
}
