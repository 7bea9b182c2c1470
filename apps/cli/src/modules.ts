import { existsSync, statSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { isDayshiftError } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { endedBySignals } from './signals.ts'

/** Where the loader tells which files it loaded anew; made with the first module. */
let told: MessagePort | undefined
let version = 0
const require = createRequire(import.meta.url)

/** How a module is loaded. */
export interface LoadOptions {
  /** Whether to load the module and what it imports anew, but for packages: the files may have changed. Default: false. */
  readonly anew?: boolean
}

/**
 * Loads a TypeScript or JavaScript module of the user's. Types are stripped, and `zod`, `dayshift` and `@dayshift/*`
 * come from the user's project where it has them, else from this program's own dependencies, so a folder without
 * node_modules works.
 *
 * @param path relative to `cwd`, or absolute
 * @throws DS_MODULE where the file is missing, does not parse, or throws
 */
export async function loadModule(
  path: string,
  cwd: string,
  { anew = false }: LoadOptions = {},
): Promise<Readonly<Record<string, unknown>>> {
  const absolute = resolve(cwd, path)
  refuseOthers(path, absolute)
  startLoader()
  const url = pathToFileURL(absolute)
  if (anew) {
    url.search = `dayshift=${++version}`
    for (const file of required()) delete require.cache[file]
  }
  try {
    return (await endedBySignals(() => import(url.href))) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (isDayshiftError(error)) throw error
    const { moduleFailure } = await import('./module-failure.ts')
    throw await moduleFailure(error, path, absolute, cwd)
  }
}

/** @throws DS_MODULE for what is no module by its name, before Node speaks of it in its own words */
function refuseOthers(path: string, absolute: string): void {
  // A file that is not there yet may be waited for, which the loader sees to.
  if (!existsSync(absolute)) return
  if (statSync(absolute).isDirectory()) {
    throw failure('DS_MODULE', `${path} is a folder, not a module`, { where: absolute, hint: 'Name the file in it.' })
  }
  if (!statSync(absolute).isFile()) {
    throw failure('DS_MODULE', `${path} is a pipe or a device, not a module`, { where: absolute, hint: 'Name a file.' })
  }
  if (!/\.([cm]?js|m?ts)$/.test(path)) {
    throw failure('DS_MODULE', `${path} is no module by its name`, {
      where: absolute,
      hint: 'Modules are .ts, .mts, .js and .mjs files.',
    })
  }
}

function startLoader(): void {
  if (told) return
  const { port1, port2 } = new MessageChannel()
  // Types are stripped, and lines with them: errors are to name those of the file as it stands.
  process.setSourceMapsEnabled(true)
  register('./module-hooks.js', import.meta.url, { data: port2, transferList: [port2] })
  told = port1
}

/** The files that modules were loaded anew from, since it was asked last: also those that were looked for in vain. */
export function takeLoadedFiles(): string[] {
  const files = new Set(version > 0 ? required() : [])
  for (let next = told && receiveMessageOnPort(told); next; next = told && receiveMessageOnPort(told)) {
    files.add(String(next.message))
  }
  return [...files]
}

/** Files of CommonJS modules that are no package's. */
function required(): string[] {
  return Object.keys(require.cache).filter((file) => !file.includes(`${sep}node_modules${sep}`))
}

/** A kind of export that a command needs. */
export interface ExportKind<Value> {
  /** As `contract`, `ETL function`. */
  readonly words: string
  readonly fits: (value: unknown) => value is Value
  /** What an export is that does not fit, and what to do about it; of `undefined`, where there is none. */
  readonly otherwise: (value: unknown) => { readonly what: string; readonly hint: string }
}

/** Exports that are told where none fits. */
const EXPORTS = 5

/**
 * Takes one export of a module: the one named after `#`, else the default one, else the only one that fits.
 *
 * @param reference as `contracts/employees.ts#employees`
 * @param kind what kind of export is needed
 */
export async function loadExport<Value>(
  reference: string,
  cwd: string,
  { words, fits, otherwise }: ExportKind<Value>,
  options?: LoadOptions,
): Promise<Value> {
  const path = fileOf(reference, cwd)
  const name = path === reference ? undefined : reference.slice(path.length + 1)
  const module = await loadModule(path, cwd, options)
  const fitting = Object.keys(module).filter((key) => fits(module[key]))
  const chosen = name ?? (fitting.includes('default') ? 'default' : fitting.length === 1 ? fitting[0] : undefined)
  const value = chosen === undefined ? undefined : module[chosen]
  if (fits(value)) return value
  if (name === undefined && fitting.length > 0) {
    const problem = `${path} does not tell which ${words} is meant; it exports: ${fitting.join(', ')}`
    throw failure('DS_MODULE_EXPORT', problem, { where: path, hint: `Name it after a #, as ${path}#${fitting[0]}.` })
  }
  const others = name === undefined ? Object.keys(module) : name in module ? [name] : []
  const named = others.slice(0, EXPORTS).map((key) => `${exportWords(key)} is ${otherwise(module[key]).what}`)
  const more = others.length > named.length ? `, and ${others.length - named.length} others` : ''
  const problem = name === undefined ? `${path} exports no ${words}` : `${path} has no ${words} '${name}'`
  if (name !== undefined && named.length === 0) {
    const there = fitting.length > 0 ? `it exports: ${fitting.join(', ')}` : `it exports no ${words}`
    throw failure('DS_MODULE_EXPORT', `${problem}; ${there}`, { where: path })
  }
  throw failure(
    'DS_MODULE_EXPORT',
    `${problem}: ${named.length === 0 ? 'it exports nothing' : named.join(', ') + more}`,
    {
      where: path,
      hint: otherwise(module[others.includes('default') ? 'default' : (others[0] ?? '')]).hint,
    },
  )
}

function exportWords(key: string): string {
  return key === 'default' ? 'its default export' : `'${key}'`
}

/** The file of a reference as `etl.ts#clean`. A name that exists as it stands is no path with an export. */
export function fileOf(reference: string, cwd: string): string {
  const hash = existsSync(resolve(cwd, reference)) ? -1 : reference.lastIndexOf('#')
  return hash > 0 ? reference.slice(0, hash) : reference
}
