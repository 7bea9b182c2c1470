import type { CatalogEntry, EntryColumn, Touched } from '@dayshift/catalog'
import type { AnyReport } from '@dayshift/core'
import { formatSize } from '@dayshift/core/ground'
import type { PathVersion } from '@dayshift/dvc'
import { rangeWords } from '../render/profile.ts'
import { pathFrom } from '../render/path-from.ts'
import { clip, table, wrap } from '../render/table.ts'
import { count, printable, short } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'
import { dayWords, stateWords, tagWords, touchedWords } from './words.ts'

/** What is known of a dataset beside its entry. */
export interface Surroundings {
  /** The newest first. */
  readonly versions: readonly PathVersion[]
  /** The last report of each kind. */
  readonly reports: readonly AnyReport[]
  readonly upstream: readonly Touched[]
  readonly downstream: readonly Touched[]
}

/** Versions that a page has room for. */
const VERSIONS = 5

/** An entry as a page for a person. */
export function entryPage(entry: CatalogEntry, around: Surroundings, cwd: string, terminal: Terminal): string[] {
  const title = (text: string): string => terminal.paint('bold', text)
  const sections: string[][] = [
    [
      title(printable(entry.dataset_name)) + stateTail(entry, terminal),
      ...entry.description
        .split('\n')
        .filter((line) => line.trim() !== '')
        .flatMap((line) => wrap(printable(line), terminal.columns, '  ')),
    ],
    table(factRows(entry, cwd), '  ', terminal.columns),
    ...(entry.schema && entry.schema.length > 0 ? [[title('columns'), ...columnLines(entry, terminal)]] : []),
    ...(around.versions.length > 0 ? [[title('versions'), ...versionLines(around.versions, terminal)]] : []),
    ...(around.reports.length > 0 ? [[title('last reports'), ...reportLines(around.reports, terminal)]] : []),
    ...lineageSection(around, title('lineage'), cwd),
  ]
  return sections.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

function stateTail(entry: CatalogEntry, terminal: Terminal): string {
  const state = stateWords(entry)
  return state === '' ? '' : `  ${terminal.paint('yellow', state)}`
}

function factRows(entry: CatalogEntry, cwd: string): string[][] {
  const { deprecated, contract } = entry
  const instead = deprecated?.replacement === undefined ? '' : `; use ${printable(deprecated.replacement)}`
  const rows: readonly (readonly [string, string | undefined])[] = [
    [
      'deprecated',
      deprecated &&
        `${dayWords(deprecated.at)}${deprecated.reason === undefined ? '' : `, ${printable(deprecated.reason)}`}${instead}`,
    ],
    ['removed', entry.deleted_at && dayWords(entry.deleted_at)],
    ['path', pathFrom(cwd, entry.storage_path)],
    ['format', entry.format && printable(entry.format)],
    ['rows', entry.rows?.toLocaleString('en-US')],
    ['size', entry.bytes === undefined ? undefined : formatSize(entry.bytes)],
    ['version', entry.version && printable(entry.version)],
    ['contract', contract && `${printable(contract.id)}: ${contract.status}`],
    ['owners', entry.owners.map(printable).join(', ')],
    ['tags', tagWords(entry.tags)],
    ...(entry.links ?? []).map(
      ({ url, title }) =>
        ['link', title === undefined ? printable(url) : `${printable(title)}: ${printable(url)}`] as const,
    ),
    ...Object.entries(entry.properties ?? {}).map(([key, value]) => [printable(key), printable(value)] as const),
    ['formerly', entry.aliases?.map(printable).join(', ')],
    ['registered', dayWords(entry.created_at)],
    ['changed', entry.updated_at && `${dayWords(entry.updated_at)}, revision ${entry.revision}`],
    ['id', printable(entry.unique_id)],
  ]
  // Numbers stand to the left here, so that a word goes before them.
  return rows.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]]))
}

/** Longest name of a column, and of a type. */
const NAME = 24

function columnLines({ schema = [], profile = [], rows }: CatalogEntry, terminal: Terminal): string[] {
  const profiles = new Map(profile.map((one) => [one.name, one]))
  const body = schema.map((column) => {
    const values = profiles.get(column.name)
    return [
      clip(printable(column.name), NAME),
      printable(column.nativeType.length > NAME ? column.type : column.nativeType),
      requiredWords(column),
      values ? nullWords(values.nulls, rows) : '',
      values?.distinct.toLocaleString('en-US') ?? '',
      values ? rangeWords(values.min, values.max) : '',
      values?.mean === undefined || values.mean === null ? '' : short(values.mean),
      printable(column.description ?? ''),
    ]
  })
  const all = [['name', 'type', '', 'nulls', 'distinct', 'min … max', 'mean', 'description'], ...body]
  const shown = (all[0] as string[]).map((_, at) => body.some((row) => row[at] !== ''))
  return table(
    all.map((row) => row.filter((_, at) => shown[at])),
    '  ',
    terminal.columns,
  )
}

function requiredWords({ nullable }: EntryColumn): string {
  return nullable === false ? 'required' : ''
}

function nullWords(nulls: number, rows: number | undefined): string {
  return nulls === 0 || !rows ? String(nulls) : `${short((nulls / rows) * 100)}%`
}

function versionLines(versions: readonly PathVersion[], terminal: Terminal): string[] {
  const rows = versions
    .slice(0, VERSIONS)
    .map(({ commit, date, tags, bytes, hash, message }) => [
      commit?.slice(0, 7) ?? '–',
      date?.slice(0, 10) ?? 'not committed',
      tags.map(printable).join(', '),
      bytes === undefined ? '' : formatSize(bytes),
      hash.slice(4, 12),
      printable(message?.split('\n', 1)[0] ?? ''),
    ])
  const more =
    versions.length > VERSIONS ? [`  and ${count(versions.length - VERSIONS, 'more')}`.replace('mores', 'more')] : []
  return [...table([['commit', 'date', 'tags', 'size', 'md5', 'message'], ...rows], '  ', terminal.columns), ...more]
}

const STYLES = { pass: 'green', warn: 'yellow', fail: 'red' } as const

function reportLines(reports: readonly AnyReport[], terminal: Terminal): string[] {
  return reports.map(({ kind, status, at, findings }) => {
    const first = findings.find(({ severity }) => severity !== 'info')
    const told = first === undefined ? '' : `  ${printable(first.message)}`
    const line = `  ${kind.padEnd(9)}  ${status.padEnd(4)}  ${at.slice(0, 16).replace('T', ' ')}${told}`
    return clip(line, terminal.columns).replace(status, terminal.paint(STYLES[status], status))
  })
}

function lineageSection({ upstream, downstream }: Surroundings, title: string, cwd: string): string[][] {
  if (upstream.length === 0 && downstream.length === 0) return []
  return [
    [
      title,
      ...upstream.map((one) => `  made from  ${touchedWords(one, cwd)}`),
      ...downstream.map((one) => `  makes      ${touchedWords(one, cwd)}`),
    ],
  ]
}
