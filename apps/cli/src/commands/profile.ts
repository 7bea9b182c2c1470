import { relative } from 'node:path'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { listFlag } from '../flags.ts'
import { onlyWord } from '../only-word.ts'
import { mergeProfileFiles, profileFlags, saveProfile, targetOf } from '../profile/save.ts'
import { profilePage } from '../render/html/profile-page.ts'
import { profileTable } from '../render/profile.ts'
import { count, printable } from '../render/words.ts'
import { openSource, sourceNamed } from '../sources.ts'

export const command = defineCommand({
  name: 'profile',
  summary: 'say what the columns of data hold',
  usage: '<source> | --merge <profile…> --save FILE',
  description: [
    'Counts rows, and for each column missing and distinct values, its range, mean and median, and shows a histogram or the',
    'most frequent values. All of it is exact but the number of distinct values of very many, which is near.',
    '',
    'With --save FILE what drift compares with is written too: a reference profile, some 0.2 MB a column however many',
    'rows there are, to be compared with where the rows no longer are: dayshift drift FILE CURRENT. Profiles of parts',
    'are merged to that of the whole by --merge.',
  ],
  flags: profileFlags,
  formats: ['text', 'json', 'html'],
  examples: [
    'dayshift profile data/train.csv',
    'dayshift profile "data/2026-*.parquet" --columns temp,humid --json',
    'dayshift profile data/train.csv@v1.0 --key id',
    'dayshift profile data/train.csv --save train.profile.json --texts hashed',
    'dayshift profile --merge january.profile.json february.profile.json --save year.profile.json',
    'dayshift profile data/train.csv --output profile.html',
  ],
  run: async (context) => {
    const { flags, positionals, signal, terminal, cwd } = context
    if (flags.merge === true) return mergeProfileFiles(context)
    for (const name of ['texts', 'cells'] as const)
      if (flags[name] !== undefined && flags.save === undefined)
        throw failure('DS_USAGE', `--${name} goes with --save FILE`)
    const source = await sourceNamed(onlyWord(positionals, 'source'), context)
    const opened = await openSource(source, context)
    const target = flags.save === undefined ? undefined : await targetOf(flags.save, opened.files, context)
    // A text table is read once.
    const frame = target === undefined || opened.relation.byColumn ? opened : await opened.cache({ signal })
    const profile = await frame.profile({
      columns: listFlag(flags.columns),
      key: listFlag(flags.key),
      signal,
      onProgress: ({ fraction }) => terminal.progress('profile', fraction),
    })
    const { rows, columns, duplicates } = profile
    const saved = target === undefined ? [] : await saveProfile(frame, target, context)
    const [file, ...more] = frame.files
    const name = file === undefined ? frame.dataset.name : relative(cwd, file) || file
    const place = more.length > 0 ? `${name} and ${more.length} more` : name
    const again = duplicates ? duplicateWords(duplicates) : undefined
    return {
      reports: [],
      result: {
        dataset: frame.dataset,
        notes: frame.notes,
        profile,
        ...(target === undefined ? {} : { saved: target }),
      },
      text: [
        `${printable(place)}: ${count(rows, 'row')}, ${count(columns.length, 'column')}`,
        ...profileTable(columns, '  ', terminal.columns),
        ...(again === undefined ? [] : [again]),
        ...frame.notes.map(({ message }) => printable(message)),
        ...saved,
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
