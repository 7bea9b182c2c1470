import { existsSync } from 'node:fs'
import { register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDayshiftError, messageOf, systemCode } from '@dayshift/core'
import { failure } from './codes.ts'

let registered = false

/**
 * Loads a TypeScript or JavaScript module of the user's. Types are stripped, and `zod`, `dayshift` and `@dayshift/*`
 * come from the user's project where it has them, else from this program's own dependencies, so a folder without
 * node_modules works.
 *
 * @param path relative to `cwd`, or absolute
 * @throws DS_MODULE where the file is missing, does not parse, or throws
 */
export async function loadModule(path: string, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const absolute = resolve(cwd, path)
  if (!registered) {
    register('./module-hooks.js', import.meta.url)
    registered = true
  }
  try {
    return (await import(pathToFileURL(absolute).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    if (isDayshiftError(error)) throw error
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND' && messageOf(error).includes(`'${absolute}'`)) {
      throw failure('DS_MODULE', `there is no file ${path}`, { where: absolute, hint: 'Check the path.' })
    }
    const where = placeOf(error, absolute)
    throw failure('DS_MODULE', `${path} could not be loaded: ${messageOf(error)}`, { where, cause: error })
  }
}

/** The line of the user's file in an error's stack, where it says one. */
function placeOf(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(pathToFileURL(file).href)
  const line = at < 0 ? undefined : /^:(\d+)/.exec(stack.slice(at + pathToFileURL(file).href.length))?.[1]
  return line === undefined ? file : `${file}:${line}`
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
): Promise<Value> {
  // A name that exists as it stands is no path with an export.
  const hash = existsSync(resolve(cwd, reference)) ? -1 : reference.lastIndexOf('#')
  const path = hash > 0 ? reference.slice(0, hash) : reference
  const name = hash > 0 ? reference.slice(hash + 1) : undefined
  const module = await loadModule(path, cwd)
  const fitting = Object.keys(module).filter((key) => fits(module[key]))
  const chosen = name ?? (fitting.includes('default') ? 'default' : fitting.length === 1 ? fitting[0] : undefined)
  const value = chosen === undefined ? undefined : module[chosen]
  if (fits(value)) return value
  const there = fitting.length === 0 ? `it exports no ${kind}` : `it exports: ${fitting.join(', ')}`
  const problem =
    name === undefined ? `${path} does not tell which ${kind} is meant` : `${path} has no ${kind} '${name}'`
  throw failure('DS_MODULE_EXPORT', `${problem}; ${there}`, { where: path })
}
