import { readFile } from 'node:fs/promises'
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { transform } from 'oxc-transform'

/** What resolves to this program's own copies where a project has none. */
const OWN = /^(zod|dayshift|@dayshift\/[a-z]+)(\/|$)/

/** Finds modules: as Node does, else `x.ts` for `x.js`, else this program's own copy. */
export const resolve: ResolveHook = async (specifier, context, next) => {
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
