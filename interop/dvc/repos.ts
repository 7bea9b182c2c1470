import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { env } from '../real-dvc.ts'

const folders: string[] = []

// Tests may run side by side: none takes another's folders away.
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const execute = promisify(execFile)

export async function git(cwd: string, ...args: string[]): Promise<string> {
  return (await execute('git', args, { cwd, env })).stdout
}

export async function newFolder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'dayshift-dvc-')))
  folders.push(path)
  return path
}

/** Two git repositories with the same data. */
export async function twins(fill: (folder: string) => Promise<void>): Promise<{ real: string; ours: string }> {
  const real = await newFolder()
  await git(real, 'init', '--quiet')
  await fill(real)
  const ours = await newFolder()
  await cp(real, ours, { recursive: true, verbatimSymlinks: true })
  return { real, ours }
}

/** All that DVC keeps: each file's mode and bytes, but git's folder, and what only one machine has (`.dvc/tmp`). */
export async function treeOf(root: string, path = ''): Promise<Record<string, string>> {
  const tree: Record<string, string> = {}
  for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
    const place = join(path, entry.name)
    if (place === '.git' || place === '.dvc/tmp') continue
    const mode = ((await lstat(join(root, place))).mode & 0o777).toString(8)
    if (entry.isDirectory()) {
      tree[`${place}/`] = mode
      Object.assign(tree, await treeOf(root, place))
    } else {
      const bytes = await readFile(join(root, place))
      const text = bytes.length < 4000 ? bytes.toString('latin1') : createHash('md5').update(bytes).digest('hex')
      tree[place] = `${mode} ${text}`
    }
  }
  return tree
}

export async function file(root: string, path: string, content: string | Uint8Array = path): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}
