import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../cli.ts'
import { dvc, git, json, put, read, repository } from './repository.ts'

/** Another repository with tracked data, and a commit. */
async function other(): Promise<string> {
  const folder = await repository({ 'data/a': 'a', 'one.csv': 'one', 'readme.md': 'read' }, ['data', 'one.csv'])
  commitAll(folder)
  git(folder, 'tag', 'v1')
  return folder
}

function commitAll(folder: string): void {
  git(folder, 'add', '--all')
  git(folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'more')
}

test('get brings data of another repository, and says where it is stored', async () => {
  const [from, cwd] = [await other(), newFolder()]
  expect(await dvc(cwd, 'get', from, 'data', '-o', 'got')).toMatchObject({ code: 0, stdout: '' })
  expect(read(cwd, 'got/a')).toBe('a')
  expect(await json(cwd, 'get', from, 'one.csv', '--rev', 'v1')).toMatchObject({
    command: 'dvc get',
    result: { path: 'one.csv', files: 1, bytes: 3 },
  })
  const { stdout } = await dvc(cwd, 'get', from, 'one.csv', '--show-url')
  expect(stdout).toBe(`${from}/.dvc/cache/files/md5/f9/7c5d29941bfb1b2fdab0874906ab82\n`)
  const again = await dvc(cwd, 'get', from, 'one.csv')
  expect(again).toMatchObject({ code: 2 })
  expect(again.stderr).toContain('DS_DVC_EXISTS: one.csv exists already')
  const none = await dvc(cwd, 'get', from, 'none')
  expect(none).toMatchObject({ code: 3 })
  expect(none.stderr).toContain(`DS_DVC_PATH_MISSING: there is no 'none' in ${from}`)
  expect(await dvc(cwd, 'get', from)).toMatchObject({ code: 2 })
})

test('import says what DVC says, and update follows', async () => {
  const [from, cwd] = [await other(), await repository({}, [])]
  expect((await dvc(cwd, 'import', from, 'data')).stdout).toBe(
    `Importing 'data (${from})' -> 'data'\n\nTo track the changes with git, run:\n\n\tgit add .gitignore data.dvc\n\n` +
      'To enable auto staging, run:\n\n\tdayshift dvc config core.autostage true\n',
  )
  expect((await dvc(cwd, 'update', 'data.dvc')).stdout).toBe("'data.dvc' didn't change, skipping\n")
  expect((await dvc(cwd, 'import', from, 'one.csv', '--dry-run')).stdout).toBe(
    `Importing 'one.csv (${from})' -> 'one.csv'\nwrite one.csv.dvc\n`,
  )
  expect(existsSync(join(cwd, 'one.csv'))).toBe(false)
  put(from, 'readme.md', 'read more')
  commitAll(from)
  expect(await json(cwd, 'update', 'data.dvc', '--dry-run')).toMatchObject({
    result: { imports: [{ file: 'data.dvc', path: 'data', from: `data (${from})`, changed: true }] },
  })
  expect((await dvc(cwd, 'update', '-R', '.')).stdout).toBe(`Importing 'data (${from})' -> 'data'\n`)
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  rmSync(join(cwd, 'data'), { recursive: true })
  expect((await dvc(cwd, 'pull')).stdout).toBe('A       data/\n1 file fetched and 1 file added\n')
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  rmSync(from, { recursive: true })
  expect(await dvc(cwd, 'fetch')).toMatchObject({ code: 3 })
})

test('settings for the other repository’s remote are recorded as DVC does', async () => {
  const cwd = await repository({}, [])
  const words = ['import', '../other', 'x', '--no-exec', '--remote', 'far', '--remote-config', 'url=/a', 'b=c=d']
  expect(await dvc(cwd, ...words)).toMatchObject({ code: 0 })
  expect(read(cwd, 'x.dvc')).toContain('      remote:\n        far:\n          url: /a\n          b: c=d\n')
  expect(await dvc(cwd, 'import', '../other', 'y', '--no-exec', '--remote-config', 'url')).toMatchObject({ code: 2 })
  expect(await dvc(cwd, 'import', '../other', 'y', '--no-exec', '--no-download')).toMatchObject({ code: 2 })
})

test('list and du look into other repositories', async () => {
  const [from, cwd] = [await other(), newFolder()]
  const url = `file://${from}`
  expect((await dvc(cwd, 'list', url)).stdout).toBe(
    '.dvcignore\n.gitignore\ndata\ndata.dvc\none.csv\none.csv.dvc\nreadme.md\n',
  )
  expect((await dvc(cwd, 'list', from, 'data', '--rev', 'v1')).stdout).toBe('a\n')
  const within = await dvc(cwd, 'list', url, 'data')
  expect(within).toMatchObject({ code: 3 })
  expect(within.stderr).toContain('DS_DVC_OBJECT_MISSING')
  const cache = ['--remote-config', `url=${from}/.dvc/cache`]
  expect((await dvc(cwd, 'list', url, 'data', ...cache)).stdout).toBe('a\n')
  expect((await dvc(cwd, 'du', url, 'one.csv')).stdout).toBe('3  one.csv\n')
})

test('a password in an address is told nowhere', async () => {
  const cwd = await repository({}, [])
  const url = 'http://ada:secret@127.0.0.1:1/x.git'
  const refused = await dvc(cwd, 'import', url, 'data', '-v')
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toContain('DS_DVC_SECRET')
  expect(refused.stdout + refused.stderr).not.toContain(':secret@')
  const { code, stdout, stderr } = await dvc(cwd, 'get', url, 'data', '-v')
  expect(code).toBe(3)
  expect(stdout + stderr).toContain('http://127.0.0.1:1/x.git cannot be read')
  expect(stdout + stderr).not.toContain('secret')
})

test('import-url, get-url and list-url', async () => {
  const [away, cwd] = [newFolder(), await repository({}, [])]
  put(away, 'dir/a', 'a')
  put(away, 'dir/in/b', 'bb')
  expect((await dvc(cwd, 'import-url', join(away, 'dir'))).stdout).toContain(
    `Importing '${away}/dir' -> 'dir'\n\nTo track`,
  )
  expect((await dvc(cwd, 'update', 'dir.dvc')).stdout).toBe("'dir.dvc' didn't change, skipping\n")
  put(away, 'dir/a', 'aa')
  expect((await dvc(cwd, 'update', 'dir')).stdout).toBe(`Importing '${away}/dir' -> 'dir'\n`)
  expect(read(cwd, 'dir/a')).toBe('aa')
  expect(await dvc(cwd, 'get-url', join(away, 'dir/a'), 'got')).toMatchObject({ code: 0, stdout: '' })
  expect(read(cwd, 'got')).toBe('aa')
  expect((await dvc(cwd, 'ls-url', join(away, 'dir'), '-R', '--size')).stdout).toBe('2  a\n2  in/b\n')
  expect(await json(cwd, 'list-url', join(away, 'dir'))).toEqual([
    { path: 'a', isdir: false, size: 2 },
    { path: 'in', isdir: true },
  ])
  expect(await dvc(cwd, 'import-url', join(away, 'dir'), '-r', 'x')).toMatchObject({ code: 2 })
  expect(await dvc(cwd, 'import-url', join(away, 'dir'), '--version-aware')).toMatchObject({ code: 2 })
  expect(await dvc(cwd, 'import-url', join(away, 'none'))).toMatchObject({ code: 3 })
})
