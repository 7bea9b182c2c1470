import { list, type ListEntry } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand } from '../../dvc/command.ts'
import { choiceOf, sourceFlags } from '../../dvc/elsewhere.ts'
import { numberFlag } from '../../flags.ts'
import { humanSize } from '../../render/human-size.ts'
import { width } from '../../render/table.ts'
import { printable } from '../../render/words.ts'
import { namedRepo } from '../../dvc/named-repo.ts'

export const command = defineDvcCommand({
  name: 'dvc list',
  summary: 'list what the repository holds',
  usage: '[repository] [path]',
  description: [
    'Lists files of git and data of DVC together, whether the data is there or not. The repository is a folder in one, or any',
    'address that git takes; by default this one. --json prints DVC’s JSON.',
  ],
  flags: {
    recursive: { type: 'boolean', short: 'R', help: 'look into folders' },
    tree: { type: 'boolean', short: 'T', help: 'print a tree' },
    level: { type: 'string', short: 'L', value: 'N', help: 'with -R or -T: how deep' },
    'dvc-only': { type: 'boolean', help: 'what DVC tracks only' },
    rev: { type: 'string', value: 'COMMIT', help: 'at a git revision or tag' },
    size: { type: 'boolean', help: 'print sizes' },
    'show-hash': { type: 'boolean', help: 'print hashes' },
    ...sourceFlags,
  },
  examples: ['dayshift dvc list', 'dayshift dvc list . data --rev v1.0 --size', 'dayshift dvc list -R --dvc-only .'],
  run: async ({ flags, positionals, repo }) => {
    const named = await namedRepo(positionals, repo.cwd)
    const level = numberFlag('level', flags.level)
    const { tree = false, recursive = false } = flags
    if (level !== undefined && !tree && !recursive) throw failure('DS_USAGE', '--level goes with -R or -T')
    const entries = await list({
      ...repo,
      ...named,
      ...choiceOf(flags),
      recursive: tree || recursive,
      level,
      folders: tree,
      itself: tree,
      revision: flags.rev,
      dvcOnly: flags['dvc-only'],
    })
    const [top, ...beneath] = entries
    const rows =
      tree && top
        ? treeRows(top, beneath, positionals[1] ?? '.')
        : entries.map((entry) => ({ entry, name: entry.path }))
    return { reports: [], foreign: tree && top?.isdir ? beneath : entries, text: columns(rows, flags) }
  },
})

/** A line: what is told, and its name. */
interface Row {
  readonly entry: ListEntry
  readonly name: string
}

function columns(rows: readonly Row[], flags: { readonly size?: boolean; readonly 'show-hash'?: boolean }): string[] {
  const sizes = rows.map(({ entry }) => humanSize(entry.size))
  const hashes = rows.map(({ entry }) => entry.md5 ?? '-')
  const [wide, long] = [sizes, hashes].map((cells) => Math.max(0, ...cells.map(width))) as [number, number]
  return rows.map(({ name }, at) =>
    [
      ...(flags.size ? [(sizes[at] as string).padStart(wide)] : []),
      ...(flags['show-hash'] ? [(hashes[at] as string).padEnd(long)] : []),
      printable(name),
    ].join('  '),
  )
}

/** The top and all entries beneath it, each behind the lines that lead to it. */
function treeRows(top: ListEntry, entries: readonly ListEntry[], shown: string): Row[] {
  const rows: Row[] = [{ entry: top, name: shown }]
  const within = new Map<string, ListEntry[]>()
  for (const entry of entries) {
    const folder = entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/')))
    const own = within.get(folder)
    if (own) own.push(entry)
    else within.set(folder, [entry])
  }
  const visit = (folder: string, lead: string): void => {
    const own = within.get(folder) ?? []
    for (const [at, entry] of own.entries()) {
      const isLast = at === own.length - 1
      const name = entry.path.slice(folder === '' ? 0 : folder.length + 1)
      rows.push({ entry, name: `${lead}${isLast ? '└── ' : '├── '}${name}` })
      if (entry.isdir) visit(entry.path, `${lead}${isLast ? '    ' : '│   '}`)
    }
  }
  visit('', '')
  return rows
}
