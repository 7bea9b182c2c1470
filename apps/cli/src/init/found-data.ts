import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { formatOf } from '@dayshift/core/ground'
import { CATALOG_FILE, LINEAGE_FILE } from '../places.ts'

/** Data that lies in a folder, proposed as a dataset. */
export interface FoundData {
  /** Name of the dataset. */
  readonly name: string
  /** A path or glob, relative to the folder. */
  readonly source: string
  /** How many files it is of. */
  readonly files: number
}

/** Folders below the project that are looked into. */
const DEPTH = 3

/** From so many files on that differ in numbers only, they are one dataset: `2026-10.csv`, `2026-11.csv`, `2026-12.csv`. */
const SERIES = 3

/** Folders that hold no data of the project. */
const OTHERS: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'coverage'])

/** Data files within a folder, as datasets. What the program itself writes is none. */
export async function findData(folder: string): Promise<FoundData[]> {
  return existsSync(folder) ? proposeDatasets(await dataFiles(folder, folder, DEPTH)) : []
}

/**
 * Proposes datasets for files: one each, or one for all of a series.
 *
 * @param paths relative to the project, with `/`
 */
export function proposeDatasets(paths: readonly string[]): FoundData[] {
  const series = new Map<string, string[]>()
  for (const path of paths) {
    const key = path.replaceAll(/\d+/g, '#')
    series.set(key, [...(series.get(key) ?? []), path])
  }
  const names = new Set<string>()
  return [...series.values()].flatMap((files) => {
    const sources = files.length >= SERIES ? [globOf(files)] : files
    return sources.map((source) => ({
      name: freeName(nameOf(source), names),
      source,
      files: files.length >= SERIES ? files.length : 1,
    }))
  })
}

/** A glob of files that differ in numbers only: what is the same at their beginning and end, and `*` between. */
function globOf([first = '', ...others]: readonly string[]): string {
  const folder = first.slice(0, first.lastIndexOf('/') + 1)
  if (others.some((path) => path.slice(0, path.lastIndexOf('/') + 1) !== folder)) {
    // A number in the folder's name: one level of folders is any.
    return first.replaceAll(/[^/]*\d[^/]*/g, (part) => part.replace(/\d(?:.*\d)?/, '*'))
  }
  return folder + first.slice(folder.length).replace(/\d(?:.*\d)?/, '*')
}

function nameOf(source: string): string {
  const parts = source.split('/')
  const stem = (parts.at(-1) ?? '').replace(/^\.+/, '').replace(/\..*$/, '')
  const words = stem
    .replaceAll('*', '')
    .replaceAll(/\W+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  const name =
    words === '' ? (parts.at(-2) ?? 'data').replaceAll(/\W+/g, '_').replaceAll(/^_+|_+$/g, '') || 'data' : words
  return /^\d/.test(name) ? `data_${name}` : name
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`
  taken.add(name)
  return name
}

async function dataFiles(root: string, folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const own = entries
    .filter(
      ({ name }) => /\.(csv|tsv|jsonl|ndjson|parquet|arrow)(\.(gz|zst))?$/i.test(name) && formatOf(name) !== undefined,
    )
    .filter((entry) => entry.isFile() && entry.name !== CATALOG_FILE && entry.name !== LINEAGE_FILE)
    .map((entry) => relative(root, join(folder, entry.name)).split(sep).join('/'))
  if (depth <= 1) return own.sort()
  const deeper = entries.filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !OTHERS.has(entry.name),
  )
  const below = await Promise.all(deeper.map((entry) => dataFiles(root, join(folder, entry.name), depth - 1)))
  return [...own.sort(), ...below.flat().sort()]
}
