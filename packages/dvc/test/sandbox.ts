import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'
import { add } from '../src/add.ts'
import { initRepo } from '../src/repo.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
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

/** A module of the last build, for processes of their own: Node 20 runs no TypeScript. */
export function built(name: string): string {
  return fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url))
}

/** A DVC repository with files, some of them tracked. */
export async function repoWith(files: Readonly<Record<string, string>>, targets: readonly string[]): Promise<string> {
  const cwd = newGitRepo()
  await initRepo(cwd, false, env)
  for (const [path, content] of Object.entries(files)) put(cwd, path, content)
  if (targets.length > 0) await add(targets, { cwd, env })
  return cwd
}
