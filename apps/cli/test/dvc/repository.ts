import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { add, init } from '@dayshift/dvc'
import { dayshift, newFolder, type Ran } from '../cli.ts'

/** A user without settings of this machine. */
const env = { DVC_GLOBAL_CONFIG_DIR: '/nonexistent', DVC_SYSTEM_CONFIG_DIR: '/nonexistent' }

/** Runs `dayshift dvc` in a folder. */
export function dvc(cwd: string, ...words: string[]): Promise<Ran> {
  return dayshift(cwd, ['dvc', ...words], { env })
}

/** Runs `dayshift dvc … --json`, and reads the one document that it prints. */
export async function json(cwd: string, ...words: string[]): Promise<unknown> {
  return JSON.parse((await dvc(cwd, ...words, '--json')).stdout)
}

/** Writes a file and the folders above it. */
export function put(cwd: string, path: string, text: string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  writeFileSync(join(cwd, path), text)
}

export function read(cwd: string, path: string): string {
  return readFileSync(join(cwd, path), 'utf8')
}

export function git(cwd: string, ...words: string[]): string {
  return execFileSync('git', words, { cwd, encoding: 'utf8' })
}

/** A new DVC repository with files of which some are tracked. */
export async function repository(files: Readonly<Record<string, string>>, tracked: readonly string[]): Promise<string> {
  const cwd = realpathSync(newFolder())
  git(cwd, 'init', '--quiet')
  for (const [path, text] of Object.entries(files)) put(cwd, path, text)
  await init({ cwd })
  if (tracked.length > 0) await add(tracked, { cwd })
  return cwd
}
