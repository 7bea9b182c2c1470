import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Compiles core and this package for processes of their own (Node 20 runs no TypeScript), so that they never run a
 * stale build.
 *
 * @param folder an empty one
 * @returns the folder of this package's modules
 */
export function compiledCatalog(folder: string): string {
  const packages = fileURLToPath(new URL('../..', import.meta.url))
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const sources = ['core/src/index.ts', 'catalog/src/index.ts', 'catalog/src/lock.ts'].map((path) =>
    join(packages, path),
  )
  const flags = ['--ignoreConfig', '--noCheck', '--rewriteRelativeImportExtensions']
  const target = ['--module', 'nodenext', '--target', 'es2023', '--rootDir', packages, '--outDir', folder]
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...sources, ...flags, ...target], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'core/package.json'), '{"type":"module","exports":"./src/index.js"}')
  mkdirSync(join(folder, 'catalog/node_modules/@dayshift'), { recursive: true })
  symlinkSync(join(folder, 'core'), join(folder, 'catalog/node_modules/@dayshift/core'), 'junction')
  return join(folder, 'catalog/src')
}
