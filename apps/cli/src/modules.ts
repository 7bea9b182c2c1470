import { existsSync } from 'node:fs'
import { createRequire, register } from 'node:module'
import { resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { isDayshiftError, messageOf, systemCode } from '@dayshift/core'
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
    const message = messageOf(error).replaceAll(/\?dayshift=\d+/g, '')
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${absolute}'`)) {
      throw failure('DS_MODULE', `there is no file ${path}`, { where: absolute, hint: 'Check the path.' })
    }
    const where = placeOf(error, absolute)
    throw failure('DS_MODULE', `${path} could not be loaded: ${message}`, { where, cause: error })
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

/** The line of the user's file in an error's stack, where it says one: `etl.ts:7`. */
export function placeOf(error: unknown, file: string): string {
  const stack = (error instanceof Error ? (error.stack ?? '') : '').replaceAll(/\?dayshift=\d+/g, '')
  // Where it was mapped back to the file as it stands, a stack names paths, else URLs.
  for (const name of [pathToFileURL(file).href, file]) {
    const at = stack.indexOf(`${name}:`)
    const line = at < 0 ? undefined : /^:(\d+)/.exec(stack.slice(at + name.length))?.[1]
    if (line !== undefined) return `${file}:${line}`
  }
  return file
}

/**
 * Takes one export of a module: the one named after `#`, else the default one, else the only one that fits.
 *
 * @param reference as `contracts/employees.ts#employees`
 * @param fits tells whether an export is of the kind that is needed
 * @param kind the kind in words, for errors: `contract`, `ETL function`
 */
export async function loadExport<Value>(
  reference: string,
  cwd: string,
  fits: (value: unknown) => value is Value,
  kind: string,
  options?: LoadOptions,
): Promise<Value> {
  const path = fileOf(reference, cwd)
  const name = path === reference ? undefined : reference.slice(path.length + 1)
  const module = await loadModule(path, cwd, options)
  const fitting = Object.keys(module).filter((key) => fits(module[key]))
  const chosen = name ?? (fitting.includes('default') ? 'default' : fitting.length === 1 ? fitting[0] : undefined)
  const value = chosen === undefined ? undefined : module[chosen]
  if (fits(value)) return value
  const there = fitting.length === 0 ? `it exports no ${kind}` : `it exports: ${fitting.join(', ')}`
  const problem =
    name === undefined ? `${path} does not tell which ${kind} is meant` : `${path} has no ${kind} '${name}'`
  throw failure('DS_MODULE_EXPORT', `${problem}; ${there}`, { where: path })
}

/** The file of a reference as `etl.ts#clean`. A name that exists as it stands is no path with an export. */
export function fileOf(reference: string, cwd: string): string {
  const hash = existsSync(resolve(cwd, reference)) ? -1 : reference.lastIndexOf('#')
  return hash > 0 ? reference.slice(0, hash) : reference
}
