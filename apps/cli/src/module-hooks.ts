import { readFile } from 'node:fs/promises'
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import { transform } from 'oxc-transform'

/** What resolves to this program's own copies where a project has none. */
const OWN = /^(zod|dayshift|@dayshift\/[a-z]+)(\/|$)/

/** The part of a URL's query that makes a module be loaded anew, and the modules that it imports by their paths too. */
const VERSION = /[?&](dayshift=\d+)/

/** Where the paths of modules that have a version are told. */
let told: MessagePort | undefined

/** Takes the port by which the command line asks which files were loaded. */
export const initialize: InitializeHook<MessagePort> = (port) => {
  told = port
}

/** Finds modules, and hands the version of a module on to what it imports by a path. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  const version = VERSION.exec(context.parentURL ?? '')?.[1] ?? VERSION.exec(specifier)?.[1]
  const byPath = /^(\.{0,2}\/|file:|#)/.test(specifier)
  if (version === undefined || !byPath) return find(specifier, context, next)
  try {
    const found = await find(specifier, context, next)
    if (!found.url.startsWith('file:') || found.url.includes('/node_modules/')) return found
    const url = new URL(found.url)
    told?.postMessage(fileURLToPath(url), [])
    url.search = version
    return { ...found, url: url.href }
  } catch (error) {
    // A file that is not there yet is waited for.
    const missing = specifier.startsWith('#') ? undefined : fileURLToPath(new URL(specifier, context.parentURL))
    for (const path of missing ? [missing, missing.replace(/js$/, 'ts')] : []) told?.postMessage(path, [])
    throw error
  }
}

/** Finds a module: as Node does, else `x.ts` for `x.js`, else this program's own copy. */
const find: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(specifier, context)
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    if (OWN.test(specifier)) return next(specifier, { ...context, parentURL: import.meta.url })
    if (/^\.{1,2}\/.*\.m?js$/.test(specifier)) {
      // TypeScript lets an import name the file that it would compile to.
      try {
        return await next(specifier.replace(/js$/, 'ts'), context)
      } catch {
        throw error
      }
    }
    throw error
  }
}

/** Strips the types of TypeScript modules. They are always ES modules, whatever folder they are in. */
export const load: LoadHook = async (url, context, next) => {
  const { protocol, pathname } = new URL(url)
  if (protocol !== 'file:' || !/\.m?ts$/.test(pathname)) return next(url, context)
  const path = fileURLToPath(url)
  const { code, map, errors } = await transform(path, await readFile(path, 'utf8'), { lang: 'ts', sourcemap: true })
  if (errors.length > 0) {
    const [first] = errors
    throw new SyntaxError(`${first?.message ?? 'syntax error'}${first?.codeframe ? `\n${first.codeframe}` : ''}`)
  }
  const inline = map
    ? `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
    : ''
  return { format: 'module', source: code + inline, shortCircuit: true }
}
