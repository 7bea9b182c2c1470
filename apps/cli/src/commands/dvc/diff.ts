import { diff, type DiffReport } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, listenOn, lockFlags, readingOn } from '../../dvc/command.ts'
import { markdownTable } from '../../render/markdown-table.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc diff',
  summary: 'say what differs between two revisions',
  usage: '[old] [new]',
  description: [
    'Says which tracked data differs between two revisions or tags of git, or between one and the workspace: by default',
    'between the last commit and the workspace. As DVC’s, it exits with 0 whatever it finds. --json prints DVC’s JSON. What',
    'cannot be looked at is told, and the exit code is 3.',
  ],
  flags: {
    targets: { type: 'string', multiple: true, greedy: true, value: 'PATH…', help: 'this data only' },
    'show-hash': { type: 'boolean', help: 'print hashes too' },
    md: { type: 'boolean', help: 'print a table in Markdown' },
    'hide-missing': { type: 'boolean', help: 'leave out what the cache lacks' },
    ...lockFlags,
  },
  examples: ['dayshift dvc diff', 'dayshift dvc diff v1.0 v2.0 --md', 'dayshift dvc diff v1.0 --targets data/images'],
  run: async ({ flags, positionals, repo, terminal }) => {
    const [from, to, third] = positionals
    if (third !== undefined) throw failure('DS_USAGE', `'${third}' is too much: two revisions are taken`)
    const listener = listenOn(terminal)
    const found = await diff({
      ...repo,
      from,
      to,
      targets: flags.targets,
      onFinding: listener.onFinding,
      onProgress: readingOn(terminal, 'diff'),
    })
    const shown = flags['hide-missing'] ? { ...found, 'not in cache': undefined } : found
    const hashes = flags['show-hash'] === true
    const text = flags.md ? markdownOf(shown, hashes) : linesOf(shown, hashes)
    return { reports: [], foreign: hashes ? shown : withoutHashes(shown), text, ...listener.unseen() }
  },
})

type Shown = { readonly [Key in keyof DiffReport]?: DiffReport[Key] | undefined }

const GROUPS = ['added', 'deleted', 'renamed', 'modified', 'not in cache'] as const

function withoutHashes(found: Shown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(found).flatMap(([key, list]) =>
    list === undefined ? [] : [[key, list.map(({ path }) => ({ path }))] as const],
  )
  return Object.fromEntries(entries)
}

/** A change as its path and its hash are told. */
interface Row {
  readonly path: string
  readonly hash: string
  readonly isDirectory: boolean
}

function rowsOf(found: Shown, group: (typeof GROUPS)[number]): Row[] {
  return (found[group] ?? []).map(({ path, hash }) => {
    const shown = typeof path === 'string' ? path : `${path.old} -> ${path.new}`
    return { path: printable(shown), hash: hashWords(hash), isDirectory: shown.endsWith('/') }
  })
}

function hashWords(hash: string | null | { readonly old: string | null; readonly new: string | null }): string {
  if (hash === null || typeof hash === 'string') return (hash ?? '').slice(0, 8)
  return `${hashWords(hash.old)}..${hashWords(hash.new)}`
}

function linesOf(found: Shown, hashes: boolean): string[] {
  const lines: string[] = []
  const counts: string[] = []
  for (const group of GROUPS) {
    const rows = rowsOf(found, group)
    if (rows.length === 0) continue
    lines.push(`${group.charAt(0).toUpperCase()}${group.slice(1)}:`)
    lines.push(...rows.map(({ path, hash }) => `    ${hashes ? `${hash}  ` : ''}${path}`), '')
    const files = rows.filter(({ isDirectory }) => !isDirectory).length
    if (files > 0) counts.push(`${files} ${group}`)
  }
  return lines.length === 0 ? [] : [...lines, ...(counts.length > 0 ? [`files summary: ${counts.join(', ')}`] : [])]
}

function markdownOf(found: Shown, hashes: boolean): string[] {
  const rows = GROUPS.flatMap((group) => {
    return rowsOf(found, group).map(({ path, hash }) => [group, ...(hashes ? [hash] : []), path])
  })
  return [...markdownTable(['Status', ...(hashes ? ['Hash'] : []), 'Path'], rows), '']
}
