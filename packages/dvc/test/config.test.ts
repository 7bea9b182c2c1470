import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configFiles, findConfig, listConfig, readConfig, userConfigFiles } from '../src/config.ts'
import { editConfig } from '../src/config-edit.ts'
import { built, codeOf, filesIn, newFolder, put } from './sandbox.ts'

test('the local config wins, and the cache lies relative to the .dvc folder', async () => {
  const folder = newFolder()
  expect(await readConfig(folder)).toEqual({ cacheDir: join(folder, 'cache'), noScm: false, autostage: false })
  put(folder, 'config', '[core]\n    no_scm = True\n    autostage = true\n[cache]\n    dir = ../a\n')
  put(folder, 'config.local', '[cache]\n    dir = ../b\n[core]\n    autostage = false\n')
  expect(await readConfig(folder)).toEqual({ cacheDir: join(folder, '../b'), noScm: true, autostage: false })
  put(folder, 'config', '[core]\nwhat\n')
  expect(await codeOf(readConfig(folder))).toBe('DS_DVC_CONFIG')
})

test('the user’s and the system’s own config come first; keys of a newer DVC do no harm, bad values do', async () => {
  const folder = newFolder()
  const files = configFiles(join(folder, '.dvc'), {
    system: join(folder, 's/config'),
    global: join(folder, 'g/config'),
  })
  put(folder, 's/config', '[cache]\n    type = symlink,copy\n    dir = /s\n    new = 1\n')
  put(
    folder,
    'g/config',
    '[core]\n    remote = Mine\n    hardlink_lock = true\n[cache]\n    dir = here\n    shared = group\n',
  )
  expect(await readConfig(join(folder, '.dvc'), files)).toEqual({
    cacheDir: join(folder, 'g/here'),
    cacheTypes: ['symlink', 'copy'],
    cacheShared: true,
    hardlinkLock: true,
    remote: 'mine',
    noScm: false,
    autostage: false,
  })
  put(folder, '.dvc/config.local', '[core]\n    autostage = yes\n')
  await expect(readConfig(join(folder, '.dvc'), files)).rejects.toMatchObject({
    code: 'DS_DVC_CONFIG',
    where: 'core.autostage',
  })
})

test('settings are listed, found, set and taken out', async () => {
  const folder = newFolder()
  const files = configFiles(join(folder, '.dvc'), { global: join(folder, 'g/config') })
  const set = (name: string, value?: string, level: 'repo' | 'local' | 'global' = 'repo'): Promise<unknown> =>
    editConfig(files, level, name, value, { cwd: join(folder, 'data') })
  put(folder, 'data/a')
  put(folder, '.dvc/config', '# gone after the next edit\n[index]\n[\'remote "S3"\']\n    URL = s3://b/c\n')
  await set('core.autostage', 'true')
  await set('cache.dir', '../elsewhere')
  await set('cache.type', 'reflink,copy')
  await set('remote.S3.Jobs', '4')
  await set('remote.new.url', '~/store')
  await set('core.analytics', 'false', 'global')
  await set('cache.dir', '/ü', 'local')
  expect(readFileSync(join(folder, '.dvc/config'), 'utf8')).toBe(
    `[core]\n    autostage = true\n[cache]\n    dir = ../elsewhere\n    type = "reflink,copy"\n['remote "s3"']\n    url = s3://b/c\n    jobs = 4\n['remote "new"']\n    url = ~/store\n`,
  )
  expect(await findConfig(files, 'cache.dir')).toEqual({
    name: 'cache.dir',
    value: '/ü',
    level: 'local',
    file: join(folder, '.dvc/config.local'),
  })
  expect((await findConfig(files, 'cache.dir', 'repo'))?.value).toBe(join(folder, 'elsewhere'))
  expect(await findConfig(files, 'core.remote')).toBeUndefined()
  expect((await listConfig(files)).map(({ name, value }) => `${name}=${String(value)}`)).toEqual([
    'core.analytics=false',
    'remote.s3.url=s3://b/c',
    'remote.s3.jobs=4',
    `remote.new.url=${join(homedir(), 'store')}`,
    'core.autostage=true',
    `cache.dir=${join(folder, 'elsewhere')}`,
    'cache.type=reflink,copy',
    'cache.dir=/ü',
  ])
  await set('cache.dir', undefined, 'local')
  expect(readFileSync(join(folder, '.dvc/config.local'), 'utf8')).toBe('\n')
})

test.each([
  ['core.nope', '1', 'DS_DVC_CONFIG_NAME'],
  ['nope.a', '1', 'DS_DVC_CONFIG_NAME'],
  ['core', '1', 'DS_DVC_CONFIG_NAME'],
  ['core.remote', undefined, 'DS_DVC_CONFIG_NAME'],
  ['remote.new.jobs', '2', 'DS_DVC_CONFIG_NAME'],
  ['remote.s3.user', 'ada', 'DS_DVC_CONFIG_NAME'],
  ['remote.s3.url', undefined, 'DS_DVC_CONFIG_NAME'],
  ['remote.s3.url', 'ftp://x', 'DS_DVC_CONFIG_NAME'],
  ['remote.s3.jobs', '0', 'DS_DVC_CONFIG_VALUE'],
  ['core.autostage', 'yes', 'DS_DVC_CONFIG_VALUE'],
  ['cache.type', 'hardlink, softlink', 'DS_DVC_CONFIG_VALUE'],
  ['cache.shared', 'all', 'DS_DVC_CONFIG_VALUE'],
  ['cache.dir', 'a\rb', 'DS_DVC_CONFIG_VALUE'],
])('%s = %s is refused before anything is written', async (name, value, code) => {
  const folder = newFolder()
  const text = '# mine\n[\'remote "s3"\']\n    url = s3://b\n'
  put(folder, 'config', text)
  put(folder, 'config.local', '[\'remote "s3"\']\n    region = x\n')
  expect(await codeOf(editConfig(configFiles(folder), 'repo', name, value, { cwd: folder }))).toBe(code)
  expect(readFileSync(join(folder, 'config'), 'utf8')).toBe(text)
  expect(filesIn(folder)).toEqual(['config', 'config.local'])
})

test('a repository’s levels need a repository', async () => {
  expect(await codeOf(editConfig({}, 'local', 'core.remote', 'a', { cwd: '/' }))).toBe('DS_DVC_REPO_MISSING')
})

test('places of the user’s and the system’s own config are platformdirs’', () => {
  expect(userConfigFiles({}, 'linux', '/h')).toEqual({ global: '/h/.config/dvc/config', system: '/etc/xdg/dvc/config' })
  expect(userConfigFiles({ XDG_CONFIG_HOME: '/x', XDG_CONFIG_DIRS: '/y:/z' }, 'linux', '/h')).toEqual({
    global: '/x/dvc/config',
    system: '/y/dvc/config',
  })
  expect(userConfigFiles({}, 'darwin', '/h').global).toBe('/h/Library/Application Support/dvc/config')
  expect(userConfigFiles({ DVC_GLOBAL_CONFIG_DIR: '/a', DVC_SYSTEM_CONFIG_DIR: '/b' }, 'darwin', '/h')).toEqual({
    global: '/a/config',
    system: '/b/config',
  })
})

test('an empty path is refused: it would be the working directory', async () => {
  const folder = newFolder()
  const files = configFiles(join(folder, '.dvc'))
  expect(await codeOf(editConfig(files, 'repo', 'cache.dir', '', { cwd: folder }))).toBe('DS_DVC_CONFIG_VALUE')
  expect(existsSync(join(folder, '.dvc'))).toBe(false)
})

test('a cache at an address, and names that every object has, are refused', async () => {
  const folder = newFolder()
  put(folder, '.dvc/config', '[cache]\n    dir = s3://me:hidden@host/x\n')
  const error: unknown = await readConfig(join(folder, '.dvc')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'DS_DVC_CONFIG', message: expect.not.stringContaining('hidden') })
  const files = configFiles(join(folder, '.dvc'))
  for (const name of ['__proto__.x', 'constructor.name'])
    expect(await codeOf(editConfig(files, 'repo', name, 'y', { cwd: folder }))).toBe('DS_DVC_CONFIG_NAME')
})

test('a process that is killed while it writes settings leaves the old ones or the new ones', async () => {
  const folder = newFolder()
  const files = configFiles(join(folder, '.dvc'))
  const remotes = Array.from({ length: 1000 }, (_, at) => `['remote "r${at}"']\n    url = /srv/${at}\n`)
  put(folder, '.dvc/config', `[core]\n    autostage = true\n${remotes.join('')}`)
  const edit = (value: string): Promise<{ readonly text: string }> =>
    editConfig(files, 'repo', 'core.autostage', value, { cwd: folder })
  const whole = new Set([(await edit('true')).text, (await edit('false')).text])
  const sizes = new Set([...whole].map((text) => Buffer.byteLength(text)))
  writeFileSync(
    join(folder, 'edit.mjs'),
    `import { configFiles } from ${JSON.stringify(built('config'))}
import { editConfig } from ${JSON.stringify(built('config-edit'))}
const files = configFiles(${JSON.stringify(join(folder, '.dvc'))})
for (let at = 0; ; at++) {
  await editConfig(files, 'repo', 'core.autostage', String(at % 2 === 0), { cwd: '/' })
  if (at === 0) console.log('begun')
}`,
  )
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, [join(folder, 'edit.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    // A kill seldom falls into the instant in which a file is torn: so that instant itself is looked for.
    const until = Date.now() + 100 + round * 7
    let isTorn = false
    while (Date.now() < until && !isTorn) isTorn = !sizes.has(statSync(files.repo as string).size)
    child.kill('SIGKILL')
    await ended
    expect(isTorn).toBe(false)
    expect(whole.has(readFileSync(files.repo as string, 'utf8'))).toBe(true)
  }
})
