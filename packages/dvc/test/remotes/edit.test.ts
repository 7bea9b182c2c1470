import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configFiles, type ConfigFiles, type ConfigLevel } from '../../src/config.ts'
import { addRemote, modifyRemote, setDefaultRemote } from '../../src/remotes/edit.ts'
import { defaultRemote, listRemotes } from '../../src/remotes/list.ts'
import { codeOf, filesIn, newFolder, put } from '../sandbox.ts'

/** A folder whose settings are edited from `data`. */
function place(texts: Readonly<Record<string, string>> = {}): {
  readonly files: ConfigFiles
  readonly cwd: string
  readonly read: (path: string) => string
  readonly folder: string
} {
  const folder = newFolder()
  for (const [path, text] of Object.entries(texts)) put(folder, path, text)
  return {
    files: configFiles(join(folder, '.dvc'), { global: join(folder, 'g/config') }),
    cwd: join(folder, 'data'),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    folder,
  }
}

const HTTP = '[\'remote "web"\']\n    url = https://host/x\n'

test('remotes are added, made the default, changed and listed as DVC 3.67.1 does', async () => {
  const { files, cwd, read, folder } = place()
  expect(await addRemote(files, 'Store', '../store', { cwd, isDefault: true })).toEqual({
    name: 'store',
    findings: [],
    changes: [
      { level: 'repo', file: files.repo, name: 'remote.store.url', value: '../store' },
      { level: 'repo', file: files.repo, name: 'core.remote', value: 'store' },
    ],
  })
  await addRemote(files, 'my.home', '~/store', { cwd })
  await addRemote(files, 's3', 's3://bucket/a', { cwd, level: 'local' })
  await modifyRemote(files, 'S3', 'Region', 'eu', { cwd, level: 'local' })
  await modifyRemote(files, 'store', 'jobs', '4', { cwd })
  await modifyRemote(files, 'store', 'jobs', '5', { cwd, level: 'local' })
  expect(read('.dvc/config')).toBe(
    '[core]\n    remote = store\n[\'remote "store"\']\n    url = ../store\n    jobs = 4\n[\'remote "my.home"\']\n    url = ~/store\n',
  )
  expect(read('.dvc/config.local')).toBe(
    '[\'remote "s3"\']\n    url = s3://bucket/a\n    region = eu\n[\'remote "store"\']\n    jobs = 5\n',
  )
  const store = { name: 'store', url: join(folder, 'store'), isDefault: true }
  expect((await listRemotes(files)).map(({ name }) => name)).toEqual(['store', 'my.home', 's3'])
  expect((await listRemotes(files))[0]).toEqual(store)
  expect(await listRemotes(files, 'local')).toEqual([
    { name: 's3', url: 's3://bucket/a', isDefault: false },
    { ...store, isDefault: false },
  ])
  await setDefaultRemote(files, 'S3', { level: 'local' })
  expect([await defaultRemote(files), await defaultRemote(files, 'repo')]).toEqual(['s3', 'store'])
  await setDefaultRemote(files, undefined, { level: 'local' })
  await setDefaultRemote(files, undefined)
  expect(await defaultRemote(files)).toBeUndefined()
})

test('an existing remote gives way only where that is asked for, with all of its settings', async () => {
  const text = '[\'remote "a"\']\n    url = /a\n    jobs = 3\n[\'remote "b"\']\n    url = /b\n'
  const { files, cwd, read } = place({ '.dvc/config': text })
  await expect(addRemote(files, 'A', '/new', { cwd })).rejects.toMatchObject({
    code: 'DS_DVC_EXISTS',
    message: "remote 'a' already exists. Use `-f|--force` to overwrite it.",
  })
  expect(read('.dvc/config')).toBe(text)
  await addRemote(files, 'A', '/new', { cwd, force: true })
  expect(read('.dvc/config')).toBe('[\'remote "a"\']\n    url = /new\n[\'remote "b"\']\n    url = /b\n')
})

test.each([
  ['s3://', 'DS_DVC_CONFIG_VALUE'],
  ['s3:///folder', 'DS_DVC_CONFIG_VALUE'],
  ['https:///folder', 'DS_DVC_CONFIG_VALUE'],
  ['http://:80/folder', 'DS_DVC_CONFIG_VALUE'],
  ['', 'DS_DVC_CONFIG_VALUE'],
  ['ftp://host/folder', 'DS_DVC_CONFIG_NAME'],
])('the url %j is refused', async (url, code) => {
  const { files, cwd, folder } = place()
  expect(await codeOf(addRemote(files, 'a', url, { cwd }))).toBe(code)
  expect(filesIn(folder)).toEqual([])
})

test('a remote that only DVC speaks to is taken, and a finding says so', async () => {
  const { files, cwd, read } = place()
  const codes = async (url: string): Promise<string[]> =>
    (await addRemote(files, 'a', url, { cwd, force: true })).findings.map(({ code }) => code)
  for (const url of ['ssh://ada@host/x', 'gs://bucket/x', 'azure://container/x', 'webdavs://host/x'])
    expect(await codes(url)).toEqual(['remote.unspoken'])
  for (const url of ['/x', 'x', 's3://bucket', 'https://host', 'file:///x']) expect(await codes(url)).toEqual([])
  expect(await codes('remote://nothing/x')).toEqual(['remote.dangling'])
  expect(read('.dvc/config')).toContain('remote://nothing/x')
})

describe('secrets', () => {
  test.each([
    'password',
    'token',
    'secret_access_key',
    'access_key_id',
    'session_token',
    'connection_string',
    'sas_token',
    'account_key',
    'client_secret',
    'passphrase',
    'sse_customer_key',
    'gdrive_client_secret',
    'oss_key_secret',
  ])('%s does not come into git', async (key) => {
    const { files, cwd, read } = place({ '.dvc/config': HTTP })
    const edit = modifyRemote(files, 'web', key, 'hidden', { cwd })
    await expect(edit).rejects.toMatchObject({
      code: 'DS_DVC_SECRET',
      kind: 'usage',
      message: expect.not.stringContaining('hidden'),
      hint: `Keep it out of git: dayshift dvc remote modify --local web ${key} VALUE`,
    })
    expect(read('.dvc/config')).toBe(HTTP)
  })

  test.each([
    ['url', 'https://ada:hidden@host/x'],
    ['url', 'https://host/x?token=hidden'],
    ['custom_auth_header', 'Authorization: hidden'],
  ])('%s = %s does not either', async (key, value) => {
    const { files, cwd, read } = place({ '.dvc/config': HTTP })
    const edit = modifyRemote(files, 'web', key, value, { cwd })
    await expect(edit).rejects.toMatchObject({ code: 'DS_DVC_SECRET', hint: expect.not.stringContaining('hidden') })
    expect(read('.dvc/config')).toBe(HTTP)
  })

  test('an address with a password is added nowhere but where git does not look', async () => {
    const { files, cwd, read } = place()
    const url = 'https://ada:hidden@host/x'
    await expect(addRemote(files, 'web', url, { cwd })).rejects.toMatchObject({
      code: 'DS_DVC_SECRET',
      hint: 'Give the url as https://host/x, and then dayshift dvc remote modify --local web user VALUE and dayshift dvc remote modify --local web password VALUE. Or say --local: .dvc/config.local is not in git.',
    })
    for (const level of ['local', 'global'] as const) {
      const edit = await addRemote(files, 'web', url, { cwd, level })
      expect(JSON.stringify(edit)).not.toContain('hidden')
    }
    expect(read('.dvc/config.local')).toContain('ada:hidden@host')
    expect(JSON.stringify(await listRemotes(files))).not.toContain('hidden')
    const { changes } = await modifyRemote(files, 'web', 'password', 'hidden', { cwd, level: 'local' })
    expect(changes).toEqual([{ level: 'local', file: files.local, name: 'remote.web.password', value: '***' }])
  })

  test('what is none goes into .dvc/config, and a secret that stands there can be taken out', async () => {
    const text = `${HTTP}    password = old\n`
    const { files, cwd, read } = place({ '.dvc/config': text })
    await modifyRemote(files, 'web', 'custom_auth_header', 'X-Token', { cwd })
    await modifyRemote(files, 'web', 'ask_password', 'true', { cwd })
    await modifyRemote(files, 'web', 'password', undefined, { cwd })
    expect(read('.dvc/config')).toBe(`${HTTP}    custom_auth_header = X-Token\n    ask_password = true\n`)
  })
})

test('a remote that is not there is told with the one named alike, or with the level that has it', async () => {
  const { files, cwd } = place({ '.dvc/config': HTTP, '.dvc/config.local': '[\'remote "mine"\']\n    url = /m\n' })
  await expect(modifyRemote(files, 'wbe', 'jobs', '1', { cwd })).rejects.toMatchObject({
    code: 'DS_REMOTE_UNKNOWN',
    hint: "Did you mean 'web'?",
  })
  await expect(setDefaultRemote(files, 'mine', { level: 'repo' })).rejects.toMatchObject({
    code: 'DS_REMOTE_UNKNOWN',
    hint: `It stands in ${files.local}: say --local.`,
  })
  await expect(modifyRemote(files, 'mine', 'jobs', '1', { cwd })).rejects.toMatchObject({ code: 'DS_REMOTE_UNKNOWN' })
  expect((await setDefaultRemote(files, 'mine', { level: 'local' })).findings).toEqual([])
  // As in DVC, where no level is named.
  expect((await setDefaultRemote(files, 'mine')).findings).toMatchObject([{ code: 'remote.left' }])
  expect(await codeOf(addRemote(files, '', '/x', { cwd }))).toBe('DS_DVC_CONFIG_NAME')
  expect(await codeOf(setDefaultRemote({}, 'web'))).toBe('DS_DVC_REPO_MISSING')
  expect(await codeOf(addRemote({}, 'a', '/x', { cwd }))).toBe('DS_DVC_REPO_MISSING')
})

test('keys and values that DVC would refuse are refused before anything is written', async () => {
  const { files, cwd, read, folder } = place({ '.dvc/config': HTTP })
  const modify = (key: string, value: string, level: ConfigLevel = 'repo'): Promise<unknown> =>
    modifyRemote(files, 'web', key, value, { cwd, level })
  expect(await codeOf(modify('jobz', '1'))).toBe('DS_DVC_CONFIG_NAME')
  expect(await codeOf(modify('jobs', '0'))).toBe('DS_DVC_CONFIG_VALUE')
  expect(await codeOf(modify('region', 'x', 'local'))).toBe('DS_DVC_CONFIG_NAME')
  expect(await codeOf(modifyRemote(files, 'web', 'url', undefined, { cwd }))).toBe('DS_DVC_CONFIG_NAME')
  expect(read('.dvc/config')).toBe(HTTP)
  expect(filesIn(folder)).toEqual(['.dvc/config'])
})

test('what changes nothing writes nothing, and says so', async () => {
  const { files, cwd, folder } = place({
    '.dvc/config': HTTP,
    '.dvc/config.local': '[\'remote "web"\']\n    jobs = 2\n',
  })
  const before = filesIn(folder)
  expect(await modifyRemote(files, 'web', 'jobs', undefined, { cwd })).toMatchObject({
    changes: [],
    findings: [{ code: 'remote.unset', hint: `It is set in ${files.local}: say --local.` }],
  })
  expect(await setDefaultRemote(files, undefined)).toMatchObject({ findings: [{ code: 'remote.unset' }] })
  expect(await modifyRemote(files, 'web', 'jobs', '3', { cwd, dryRun: true })).toMatchObject({
    changes: [{ name: 'remote.web.jobs', value: '3' }],
    findings: [{ code: 'remote.shadowed', hint: 'Take it out: dayshift dvc remote modify --local web --unset jobs' }],
  })
  expect(filesIn(folder)).toEqual(before)
  expect(readFileSync(join(folder, '.dvc/config'), 'utf8')).toBe(HTTP)
})
