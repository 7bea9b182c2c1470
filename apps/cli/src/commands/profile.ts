import { relative } from 'node:path'
import { defineCommand } from '../command.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag } from '../flags.ts'
import { onlyWord } from '../only-word.ts'
import { profilePage } from '../render/html/profile-page.ts'
import { profileTable } from '../render/profile.ts'
import { count, printable } from '../render/words.ts'
import { sourceFlags } from '../source-flags.ts'
import { openSource, sourceNamed } from '../sources.ts'

export const command = defineCommand({
  name: 'profile',
  summary: 'say what the columns of data hold',
  usage: '<source>',
  description: [
    'Counts rows, and for each column missing and distinct values, its range, mean and median, and shows a histogram or the',
    'most frequent values. All of it is exact but the number of distinct values of very many, which is near.',
  ],
  flags: {
    columns: { type: 'string', multiple: true, value: 'A,B', help: 'these columns only' },
    key: { type: 'string', multiple: true, value: 'A,B', help: 'also count how often values of this key come again' },
    ...sourceFlags,
    ...engineFlags,
  },
  formats: ['text', 'json', 'html'],
  examples: [
    'dayshift profile data/train.csv',
    'dayshift profile "data/2026-*.parquet" --columns temp,humid --json',
    'dayshift profile data/train.csv@v1.0 --key id',
    'dayshift profile data/train.csv --output profile.html',
  ],
  run: async (context) => {
    const { flags, positionals, signal, terminal, cwd } = context
    const source = await sourceNamed(onlyWord(positionals, 'source'), context)
    const frame = await openSource(source, context)
    const profile = await frame.profile({
      columns: listFlag(flags.columns),
      key: listFlag(flags.key),
      signal,
      onProgress: ({ fraction }) => terminal.progress('profile', fraction),
    })
    const { rows, columns, duplicates } = profile
    const [file, ...more] = frame.files
    const name = file === undefined ? frame.dataset.name : relative(cwd, file) || file
    const place = more.length > 0 ? `${name} and ${more.length} more` : name
    const again = duplicates ? duplicateWords(duplicates) : undefined
    return {
      reports: [],
      result: { dataset: frame.dataset, notes: frame.notes, profile },
      text: [
        `${printable(place)}: ${count(rows, 'row')}, ${count(columns.length, 'column')}`,
        ...profileTable(columns, '  ', terminal.columns),
        ...(again === undefined ? [] : [again]),
        ...frame.notes.map(({ message }) => printable(message)),
      ],
      drawings: {
        html: [
          profilePage(profile, {
            subject: place,
            version: frame.dataset.version,
            duplicates: again,
            notes: frame.notes,
          }),
        ],
      },
    }
  },
})

function duplicateWords({
  key,
  rows,
  keys,
}: {
  readonly key: readonly string[]
  readonly rows: number
  readonly keys: number
}): string {
  const names = key.map(printable).join(', ')
  return rows === 0
    ? `key ${names}: no value comes twice`
    : `key ${names}: ${count(keys, 'value')} ${keys === 1 ? 'comes' : 'come'} again, on ${count(rows, 'row')}`
}
