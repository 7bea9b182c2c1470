import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { add } from '../../src/add.ts'
import { env, git, newFolder, put, repoWith } from '../sandbox.ts'

/** Another repository with two commits, the first of which is `v1`: tracked data, and files of git. */
export async function otherRepo(): Promise<string> {
  const files = { 'data/a': 'a1', 'data/deep/b': 'b', 'one.csv': 'one', 'code/c.py': 'code', 'README.md': 'read me' }
  const folder = await repoWith(files, ['data', 'one.csv'])
  commitAll(folder, 'first')
  git(folder, 'tag', '-a', '-m', 'first', 'v1')
  put(folder, 'data/a', 'a2')
  await add(['data'], { cwd: folder, env })
  commitAll(folder, 'second')
  return folder
}

export function commitAll(folder: string, message: string): string {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', message)
  return commitOf(folder)
}

export function commitOf(folder: string, revision = 'HEAD'): string {
  return git(folder, 'rev-parse', `${revision}^{commit}`).trim()
}

/** A bare clone of a repository, which is reached through git only; with its data in a folder that is its remote. */
export async function published(folder: string): Promise<string> {
  const store = newFolder()
  writeFileSync(join(folder, '.dvc/config'), `[core]\n    remote = store\n['remote "store"']\n    url = ${store}\n`)
  const { push } = await import('../../src/push.ts')
  await push([], { cwd: folder, env, allCommits: true })
  commitAll(folder, 'publish')
  const bare = newFolder()
  git(bare, 'clone', '--quiet', '--bare', folder, '.')
  return bare
}
