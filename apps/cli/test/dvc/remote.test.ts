import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { dayshift, newFolder } from '../cli.ts'
import { dvc, json, put, read, repository } from './repository.ts'

// Each command is a process of its own.
vi.setConfig({ testTimeout: 60_000 })

test('remotes are added, listed, made the default, renamed and removed in the words of DVC 3.67.1', async () => {
  const cwd = await repository({ 'd/x': '1' }, [])
  const remote = (...words: string[]): ReturnType<typeof dvc> => dvc(join(cwd, 'd'), 'remote', ...words)
  const said = { code: 0, stderr: '' }
  expect(await remote('list')).toEqual({ ...said, stdout: '' })
  expect(await remote('default')).toEqual({ code: 1, stderr: '', stdout: 'No default remote set\n' })
  expect(await remote('add', '-d', 'Store', '../../s')).toEqual({
    ...said,
    stdout: "Setting 'store' as a default remote.\n",
  })
  expect(await remote('add', 'bucket-at-home', 's3://bucket/x')).toEqual({ ...said, stdout: '' })
  expect(await remote('add', '-q', '-d', '--local', 'mine', '/m')).toEqual({ ...said, stdout: '' })
  expect(await remote('modify', 'bucket-at-home', 'region', 'eu')).toEqual({ ...said, stdout: '' })
  expect(read(cwd, '.dvc/config')).toBe(
    `[core]\n    remote = store\n['remote "store"']\n    url = ../../s\n['remote "bucket-at-home"']\n    url = s3://bucket/x\n    region = eu\n`,
  )
  expect((await remote('list')).stdout).toBe(
    `store   ${join(cwd, '../s')}\nbucket-at-home  s3://bucket/x\nmine    /m      (default)\n`,
  )
  expect((await remote('default', '--project')).stdout).toBe('store\n')
  expect(await remote('rename', 'store', 'archive')).toEqual({ ...said, stdout: '' })
  expect(await remote('remove', '--local', 'mine')).toEqual({ ...said, stdout: '' })
  expect((await remote('default')).stdout).toBe('archive\n')
  expect(await remote('default', 'bucket-at-home')).toEqual({ ...said, stdout: '' })
  expect(await remote('default', '-u')).toEqual({ ...said, stdout: '' })
  expect(await remote('modify', '-u', 'bucket-at-home', 'region')).toEqual({ ...said, stdout: '' })
  expect(await json(cwd, 'remote', 'list')).toMatchObject({
    command: 'dvc remote list',
    result: {
      remotes: [
        { name: 'bucket-at-home', url: 's3://bucket/x', isDefault: false },
        { name: 'archive', url: join(cwd, '../s'), isDefault: false },
      ],
    },
  })
})

test('the user’s own remotes need no repository', async () => {
  const home = newFolder()
  const env = { DVC_GLOBAL_CONFIG_DIR: home, DVC_SYSTEM_CONFIG_DIR: '/nonexistent' }
  const cwd = newFolder()
  const remote = (...words: string[]): ReturnType<typeof dayshift> =>
    dayshift(cwd, ['dvc', 'remote', ...words], { env })
  expect(await remote('add', '--global', 'mine', '/m')).toMatchObject({ code: 0 })
  expect((await remote('list')).stdout).toBe('mine    /m\n')
  expect(read(home, 'config')).toBe('[\'remote "mine"\']\n    url = /m\n')
  expect(await remote('add', 'store', '/s')).toMatchObject({ code: 2, stdout: '' })
})

test('no secret comes into git, or onto the screen', async () => {
  const cwd = await repository({}, [])
  await dvc(cwd, 'remote', 'add', 'web', 'https://host/x')
  const before = read(cwd, '.dvc/config')
  for (const words of [
    ['modify', 'web', 'password', 'hidden'],
    ['modify', '--project', 'web', 'password', 'hidden'],
    ['modify', 'web', 'password', 'very', 'hidden'],
    ['modify', 'web', 'url', 'https://ada:hidden@host/x'],
    ['add', 'other', 'https://ada:hidden@host/x'],
    ['add', 'other', 'https://ada:hidden@host/x', 'https://ada:hidden@host/x'],
  ]) {
    const { code, stdout, stderr } = await dvc(cwd, 'remote', ...words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toContain('hidden')
  }
  expect((await dvc(cwd, 'remote', 'modify', 'web', 'password', 'hidden')).stderr).toContain(
    "DS_DVC_SECRET: password of the remote 'web' is a secret, and git records .dvc/config\n  at remote.web.password\n  Keep it out of git: dayshift dvc remote modify --local web password VALUE",
  )
  expect(read(cwd, '.dvc/config')).toBe(before)
  for (const words of [
    ['modify', '--local', 'web', 'password', 'hidden', '--dry-run'],
    ['modify', '--local', 'web', 'password', 'hidden', '--json'],
    ['add', '--local', 'other', 'https://ada:hidden@host/x', '--json'],
    ['add', '--local', 'other', '/x'],
    ['list'],
    ['list', '--json'],
    ['rename', '--local', 'other', 'more', '--json'],
    ['rename', 'web', 'site', '--dry-run'],
    ['remove', 'web', '--json'],
  ]) {
    const { stdout, stderr } = await dvc(cwd, 'remote', ...words)
    expect(stdout + stderr).not.toContain('hidden')
    expect(stdout + stderr).not.toBe('')
  }
})

test('a remote with keys of its own in config.local is renamed and removed in one go, and a dry run says how', async () => {
  const cwd = await repository({}, [])
  put(cwd, '.dvc/config', '[core]\n    remote = web\n[\'remote "web"\']\n    url = https://host/x\n')
  put(cwd, '.dvc/config.local', '[\'remote "web"\']\n    password = hidden\n')
  const [config, local] = [join(cwd, '.dvc/config'), join(cwd, '.dvc/config.local')]
  expect((await dvc(cwd, 'remote', 'rename', 'web', 'site', '--dry-run')).stdout).toBe(
    [
      `${config}: remote.web.url goes`,
      `${config}: core.remote = site`,
      `${config}: remote.site.url = https://host/x`,
      `${local}: remote.web.password goes`,
      `${local}: remote.site.password = ***`,
      '',
    ].join('\n'),
  )
  expect(read(cwd, '.dvc/config')).toContain('"web"')
  expect((await dvc(cwd, 'remote', 'rename', 'web', 'site')).code).toBe(0)
  expect(read(cwd, '.dvc/config.local')).toBe('[\'remote "site"\']\n    password = hidden\n')
  expect((await dvc(cwd, 'status')).code).toBe(0)
  expect((await dvc(cwd, 'remote', 'remove', 'site')).code).toBe(0)
  expect([read(cwd, '.dvc/config'), read(cwd, '.dvc/config.local')]).toEqual(['\n', '\n'])
  expect((await dvc(cwd, 'status')).code).toBe(0)
})

test('what a person should know goes to stderr', async () => {
  const cwd = await repository({}, [])
  const added = await dvc(cwd, 'remote', 'add', 'far', 'ssh://ada@host/x')
  expect(added).toMatchObject({ code: 0, stdout: '' })
  expect(added.stderr).toContain('dayshift does not speak to ssh:// yet; DVC does')
  const again = await dvc(cwd, 'remote', 'add', 'far', '/x')
  expect(again.stderr).toContain("remote 'far' already exists. Use `-f|--force` to overwrite it.")
  expect((await dvc(cwd, 'remote', 'default', 'fra')).stderr).toContain("Did you mean 'far'?")
})

test.each([
  [[], "'dvc remote' is not a command by itself\n  There is dayshift dvc remote add, dayshift dvc remote list,"],
  [['add'], 'the name of the remote is missing'],
  [['add', 'a'], 'the url of the remote is missing'],
  [['modify', 'a'], 'the name of the option is missing'],
  [['modify', 'a', 'jobs'], 'the value is missing'],
  [['modify', '-u', 'a', 'jobs', '1'], '--unset takes no value'],
  [['default', '-u', 'a'], '--unset takes no name'],
  [['remove'], 'the name of the remote is missing'],
  [['rename', 'a'], 'the new name is missing'],
  [['list', 'a'], "'a' is too much: dvc remote list takes no words"],
])('remote %j is refused', async (words, message) => {
  const { code, stdout, stderr } = await dvc(newFolder(), 'remote', ...words)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
})
