import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach } from 'vitest'

const folders: string[] = []
const shared: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

afterAll(() => {
  for (const folder of shared.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Git without the machine's own settings, and without an identity. */
export const strangerEnv: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'user.useConfigOnly',
  GIT_CONFIG_VALUE_0: 'true',
  GIT_CONFIG_KEY_1: 'init.defaultBranch',
  GIT_CONFIG_VALUE_1: 'main',
}

/** The same git, with an identity. */
export const env: Record<string, string> = {
  ...strangerEnv,
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

/** A folder of its own, removed after the test. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dayshift-dvc-')))
  folders.push(folder)
  return folder
}

/** An empty git repository, removed after the test. */
export function newGitRepo(): string {
  const folder = newFolder()
  git(folder, 'init', '--quiet')
  return folder
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Writes a file and the folders above it. */
export function put(folder: string, path: string, content: string | Uint8Array = path): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

/** All files beneath a folder, relative to it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}

/** The code of the error that some work ends in. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

function place(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}

/** Compiles this package for processes of its own: Node 20 runs no TypeScript. Returns the folder of the modules. */
export function compile(): string {
  const out = realpathSync(mkdtempSync(join(tmpdir(), 'dayshift-dvc-compiled-')))
  shared.push(out)
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const flags = '--ignoreConfig --noCheck --rewriteRelativeImportExtensions --module nodenext --target es2023'.split(
    ' ',
  )
  const core = join(out, 'node_modules/@dayshift/core')
  const nouns = ['codes', 'dataset', 'report'].map((name) => place(`../../core/src/${name}.ts`))
  for (const args of [
    [place('../src/store.ts'), ...flags, '--rootDir', place('../src'), '--outDir', out],
    [...nouns, ...flags, '--rootDir', place('../../core/src'), '--outDir', core],
  ]) {
    const { status, stdout } = spawnSync(process.execPath, [tsc, ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stdout)
  }
  writeFileSync(join(out, 'package.json'), '{"type":"module"}')
  writeFileSync(join(core, 'package.json'), '{"type":"module","exports":"./index.js"}')
  const names = ['errors', 'codes', 'dataset', 'report']
  writeFileSync(join(core, 'index.js'), names.map((name) => `export * from './${name}.js'\n`).join(''))
  for (const name of ['yaml', 'ignore']) symlinkSync(place(`../node_modules/${name}`), join(out, 'node_modules', name))
  return out
}
