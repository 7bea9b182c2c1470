import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  jsonlStore,
  keyOf,
  namedEntry,
  type CatalogEntry,
  type CatalogStore,
  type EntrySummary,
} from '@dayshift/catalog'
import { failure } from '../codes.ts'
import type { Context } from '../command.ts'
import type { Flags } from '../flags.ts'
import { tellDamage } from '../journal-check.ts'
import { CATALOG_FILE, rootOf } from '../places.ts'

/** Flags of all that reads or writes a catalog. */
export const catalogFlags = {
  catalog: { type: 'string', value: 'FILE', help: `the catalog (default: ${CATALOG_FILE})` },
} as const satisfies Flags

/** Flags of what writes to a catalog. */
export const editFlags = {
  ...catalogFlags,
  'dry-run': { type: 'boolean', help: 'say what would change; write nothing' },
} as const satisfies Flags

type CatalogContext = Pick<Context, 'cwd' | 'project' | 'terminal'> & {
  readonly flags: { readonly catalog?: string | undefined }
}

/** The path of the catalog that a command means. */
export async function catalogPath(context: Omit<CatalogContext, 'terminal'>): Promise<string> {
  const { flags, cwd } = context
  return flags.catalog === undefined ? join(await rootOf(context), CATALOG_FILE) : resolve(cwd, flags.catalog)
}

/** A catalog that is there, opened. */
export interface OpenCatalog {
  readonly path: string
  readonly folder: string
  readonly store: CatalogStore
}

/**
 * Opens the catalog that a command means, and tells what is wrong with it.
 *
 * @throws DS_SOURCE_NOT_FOUND where there is none
 */
export async function openCatalog(context: CatalogContext): Promise<OpenCatalog> {
  const path = await existingCatalog(context)
  const store = jsonlStore(path)
  const [first, ...more] = (await store.check?.()) ?? []
  if (first) tellDamage(first.message, more.length > 0, 'catalog fsck', context.terminal)
  return { path, folder: dirname(path), store }
}

/** @throws DS_SOURCE_NOT_FOUND where there is no catalog */
export async function existingCatalog(context: Omit<CatalogContext, 'terminal'>): Promise<string> {
  const path = await catalogPath(context)
  if (existsSync(path)) return path
  throw failure('DS_SOURCE_NOT_FOUND', `there is no catalog ${path}`, {
    where: path,
    hint: 'Register a dataset first: dayshift register data.csv --name NAME --description TEXT.',
  })
}

/** The entry that a word names, whole. */
export async function entryNamed(
  { store }: OpenCatalog,
  word: string,
  cwd: string,
): Promise<{ readonly summary: EntrySummary; readonly entry: CatalogEntry }> {
  const summary = namedEntry(await store.list(), word, cwd)
  const entry = await store.get(keyOf(summary))
  if (entry === undefined) throw failure('DS_INTERNAL', `${word} is listed and not there`)
  return { summary, entry }
}
