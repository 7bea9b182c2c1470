import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { dayshift, newFolder, start } from '../cli.ts'
import { dvc, json, put, read, repository } from './repository.ts'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 60_000 })

test('config gets, sets and takes out settings of every level, as DVC 3.67.1 does', async () => {
  const cwd = await repository({ 'd/x': '1' }, [])
  const home = newFolder()
  const env = { DVC_GLOBAL_CONFIG_DIR: home, DVC_SYSTEM_CONFIG_DIR: '/nonexistent' }
  const config = async (...words: string[]): Promise<string> =>
    (await dayshift(join(cwd, 'd'), ['dvc', 'config', ...words], { env })).stdout
  expect(await config('core.autostage')).toBe('')
  expect(await config('core.autostage', 'true')).toBe('')
  expect(await config('--global', 'core.check_update', 'false')).toBe('')
  expect(await config('--local', 'cache.dir', '../../cache')).toBe('')
  expect(await config('core.autostage')).toBe('true\n')
  expect(await config('core.autostage', '--show-origin')).toBe('.dvc/config\ttrue\n')
  expect(await config('-l')).toBe(`core.check_update=false\ncore.autostage=true\ncache.dir=${join(cwd, '../cache')}\n`)
  expect(await config('-l', '--global', '--show-origin')).toBe(`${home}/config\tcore.check_update=false\n`)
  expect(await config('-u', '--local', 'cache.dir')).toBe('')
  expect(await config('-l', '--local')).toBe('')
  expect(read(cwd, '.dvc/config')).toBe('[core]\n    autostage = true\n')
  for (const words of [
    ['foo.bar', '1'],
    ['core.autostage', 'maybe'],
    ['-u', 'core.remote'],
    ['--project', 'a.b'],
  ]) {
    expect(await dvc(cwd, 'config', ...words)).toMatchObject({ code: 2, stdout: '' })
  }
  expect(read(cwd, '.dvc/config')).toBe('[core]\n    autostage = true\n')
})

test('the user’s own settings count for every command', async () => {
  const cwd = await repository({ a: '1' }, [])
  const home = newFolder()
  put(home, 'config', '[core]\n    autostage = true\n')
  const env = { DVC_GLOBAL_CONFIG_DIR: home }
  expect(await dayshift(cwd, ['dvc', 'add', 'a'], { env })).toMatchObject({ code: 0, stdout: '' })
})

test('cache dir tells, sets and takes back the cache’s folder', async () => {
  const cwd = await repository({}, [])
  expect((await dvc(cwd, 'cache', 'dir')).stdout).toBe(`${cwd}/.dvc/cache\n`)
  await dvc(cwd, 'cache', 'dir', '../shared')
  expect(read(cwd, '.dvc/config')).toBe('[cache]\n    dir = ../../shared\n')
  expect(await json(cwd, 'cache', 'dir')).toMatchObject({ result: { dir: join(cwd, '../shared') } })
  expect(await dvc(cwd, 'cache', 'dir', '--local')).toMatchObject({ code: 2, stdout: '' })
  await dvc(cwd, 'cache', 'dir', '-u')
  expect((await dvc(cwd, 'cache', 'dir')).stdout).toBe(`${cwd}/.dvc/cache\n`)
})

test('root tells the way up, and --cd goes elsewhere first', async () => {
  const cwd = await repository({}, [])
  mkdirSync(join(cwd, 'a/b'), { recursive: true })
  expect((await dvc(cwd, 'root')).stdout).toBe('.\n')
  expect((await dvc(join(cwd, 'a/b'), 'root')).stdout).toBe('../..\n')
  expect((await dvc(cwd, '--cd', 'a', 'root')).stdout).toBe('..\n')
  expect((await dvc(newFolder(), 'root')).code).toBe(2)
})

test('check-ignore prints what DVC 3.67.1 prints', async () => {
  const cwd = await repository({}, [])
  put(cwd, '.dvcignore', '*.tmp\n!k.tmp\n')
  const check = (...words: string[]): Promise<unknown> => dvc(cwd, 'check-ignore', ...words)
  expect(await check('foo.tmp', 'k.tmp', 'a')).toEqual({ code: 0, stdout: 'foo.tmp\n', stderr: '' })
  expect(await check('-d', 'foo.tmp', 'k.tmp', 'a')).toMatchObject({
    stdout: '.dvcignore:1:*.tmp\tfoo.tmp\n.dvcignore:2:!k.tmp\tk.tmp\n',
  })
  expect(await check('-d', '-n', 'foo.tmp', 'a')).toMatchObject({ stdout: '.dvcignore:1:*.tmp\tfoo.tmp\n::\ta\n' })
  expect(await check('k.tmp')).toEqual({ code: 1, stdout: '', stderr: '' })
  expect(await check('-q', 'foo.tmp')).toEqual({ code: 0, stdout: '', stderr: '' })
  const piped = start(cwd, ['dvc', 'check-ignore', '--stdin'])
  piped.child.stdin.end('x.tmp\na\n')
  expect(await piped.ended).toEqual({ code: 0, stdout: 'x.tmp\n', stderr: '' })
})

test('version tells what the repository uses', async () => {
  const cwd = await repository({}, [])
  const { stdout } = await dvc(cwd, 'doctor')
  expect(stdout).toContain(`Cache directory: ${cwd}/.dvc/cache\nRemotes: None\nWorkspace directory: ${cwd} (`)
  expect((await dvc(newFolder(), 'version')).stdout).toContain('Repo: none here\n')
})

test('cache migrate tells what it does in the words of DVC 3.67.1, and what stays behind', async () => {
  const cwd = await repository({}, [])
  // What DVC 2 kept of `hi`, and an object that is not what its name says.
  put(cwd, '.dvc/cache/76/4efa883dda1e11db47671c4a3bbd9e', 'hi\n')
  put(cwd, '.dvc/cache/00/000000000000000000000000000000', 'ho\n')
  const planned = await dvc(cwd, 'cache', 'migrate', '--dry')
  expect(planned.stdout).toBe('2 files will be re-hashed and migrated to the DVC 3.0 cache location.\n')
  const done = await dvc(cwd, 'cache', 'migrate')
  expect(done).toMatchObject({ code: 1, stdout: 'Migrated 1 files to DVC 3.0 cache location.\n' })
  expect(done.stderr).toContain('is not what its name says, and stays behind')
  expect(read(cwd, '.dvc/cache/files/md5/76/4efa883dda1e11db47671c4a3bbd9e')).toBe('hi\n')
})

test('secrets are told only where they are asked for by name', async () => {
  const cwd = await repository({}, [])
  const secrets =
    '[\'remote "r"\']\n    url = https://me:hidden@host/x\n    password = hidden\n    ask_password = true\n'
  put(cwd, '.dvc/config.local', secrets)
  for (const words of [
    ['config', '-l'],
    ['config', '-l', '--json'],
    ['version'],
    ['check-ignore', 'https://me:hidden@host', '--json'],
    ['https://me:hidden@host', '--json'],
    ['cache', 'dir', 'https://me:hidden@host/cache'],
  ]) {
    const { stdout, stderr } = await dvc(cwd, ...words)
    expect(stdout + stderr).not.toContain('hidden')
  }
  const list = (await dvc(cwd, 'config', '-l')).stdout
  expect(list).toBe('remote.r.url=https://host/x\nremote.r.password=***\nremote.r.ask_password=true\n')
  expect((await dvc(cwd, 'config', 'remote.r.password')).stdout).toBe('hidden\n')
})

test('a command without words takes none', async () => {
  const cwd = await repository({}, [])
  for (const name of ['root', 'version', 'fsck']) {
    const { code, stderr } = await dvc(cwd, name, 'surplus')
    expect(code).toBe(2)
    expect(stderr).toContain(`'surplus' is too much: dvc ${name} takes no words`)
  }
})

test('a dry run of settings tells the file, and writes nothing', async () => {
  const cwd = await repository({}, [])
  const file = join(cwd, '.dvc/config')
  const before = read(cwd, '.dvc/config')
  const said = async (...words: string[]): Promise<string> => (await dvc(cwd, ...words, '--dry-run')).stdout
  expect(await said('config', 'core.autostage', 'true')).toBe(`${file}: core.autostage = true\n`)
  expect(await said('cache', 'dir', '../elsewhere')).toBe(`${file}: cache.dir = ../elsewhere\n`)
  expect((await dvc(cwd, 'config', 'core.autostage', 'maybe', '--dry-run')).code).toBe(2)
  expect(read(cwd, '.dvc/config')).toBe(before)
  await dvc(cwd, 'config', 'core.autostage', 'true')
  expect(await said('config', '-u', 'core.autostage')).toBe(`${file}: core.autostage goes\n`)
  expect(read(cwd, '.dvc/config')).toContain('autostage = true')
})
