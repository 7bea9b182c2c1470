import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { configFiles, merged, readConfig, type ConfigFiles } from '../../src/config.ts'
import { readSettings } from '../../src/config-edit.ts'
import { problemsOf } from '../../src/settings.ts'
import { removeRemote, renameRemote } from '../../src/remotes/move.ts'
import { writeAtomically } from '../../src/write.ts'
import { codeOf, newFolder, put } from '../sandbox.ts'

vi.mock(import('../../src/write.ts'), async (load) => {
  const all = await load()
  return { ...all, writeAtomically: vi.fn<typeof all.writeAtomically>(all.writeAtomically) }
})

const WEB = '[\'remote "web"\']\n    url = https://host/x\n'
const LOCAL = '[core]\n    remote = Web\n[\'remote "web"\']\n    password = hidden\n'

function place(
  config: string,
  local?: string,
  global?: string,
): { readonly files: ConfigFiles; readonly folder: string } {
  const folder = newFolder()
  const texts = { '.dvc/config': config, '.dvc/config.local': local, 'g/config': global }
  for (const [path, text] of Object.entries(texts)) if (text !== undefined) put(folder, path, text)
  return { files: configFiles(join(folder, '.dvc'), { global: join(folder, 'g/config') }), folder }
}

const read = (file: string | undefined): string => readFileSync(file as string, 'utf8')

/** All that is wrong with the settings, with and without the nearest levels. */
async function problems(files: ConfigFiles): Promise<unknown[]> {
  const levels = [...(await readSettings(files)).values()]
  return levels.flatMap((_, at) => problemsOf(merged(levels.slice(0, at + 1))))
}

test('a remote goes with what config.local says of it, and with the default, where they stand', async () => {
  const { files } = place(`[core]\n    remote = web\n    autostage = true\n${WEB}['remote "b"']\n    url = /b\n`, LOCAL)
  const { changes, findings } = await removeRemote(files, 'WEB')
  expect(changes.map(({ level, name, value }) => [level, name, value])).toEqual([
    ['repo', 'core.remote', undefined],
    ['repo', 'remote.web.url', undefined],
    ['local', 'core.remote', undefined],
    ['local', 'remote.web.password', undefined],
  ])
  expect(findings).toEqual([])
  expect(read(files.repo)).toBe('[core]\n    autostage = true\n[\'remote "b"\']\n    url = /b\n')
  expect(read(files.local)).toBe('\n')
  expect(await problems(files)).toEqual([])
})

test('a remote takes its new name in all that belongs to it', async () => {
  const base = '[\'remote "sub"\']\n    url = remote://web/deep\n'
  const { files, folder } = place(`${WEB}${base}`, `${LOCAL}${base.replace('sub', 'mine')}`)
  await renameRemote(files, 'web', 'Site')
  expect(read(files.repo)).toBe(
    `['remote "sub"']\n    url = remote://site/deep\n['remote "site"']\n    url = https://host/x\n`,
  )
  expect(read(files.local)).toBe(
    `[core]\n    remote = site\n['remote "mine"']\n    url = remote://site/deep\n['remote "site"']\n    password = hidden\n`,
  )
  expect(await problems(files)).toEqual([])
  expect((await readConfig(join(folder, '.dvc'), files)).remote).toBe('site')
})

test('what a level says of a url of its own stays, as in DVC, and is told', async () => {
  const own = '[\'remote "web"\']\n    url = /mine\n'
  const removed = place(WEB, own)
  expect((await removeRemote(removed.files, 'web')).findings).toMatchObject([{ code: 'remote.left' }])
  expect(read(removed.files.local)).toBe(own)
  const renamed = place(WEB, own)
  expect((await renameRemote(renamed.files, 'web', 'site')).findings).toMatchObject([{ code: 'remote.left' }])
  expect([read(renamed.files.repo), read(renamed.files.local)]).toEqual([WEB.replace('web', 'site'), own])
  const local = place(WEB, LOCAL)
  expect((await removeRemote(local.files, 'web', { level: 'local' })).findings).toEqual([])
  expect([read(local.files.repo), read(local.files.local)]).toEqual([WEB, '\n'])
})

test('the user’s own remote, and what repositories say of it', async () => {
  const keys = '[\'remote "web"\']\n    jobs = 3\n'
  const { files } = place(keys, LOCAL, `[core]\n    remote = web\n${WEB}`)
  await expect(renameRemote(files, 'web', 'site')).rejects.toMatchObject({
    code: 'DS_DVC_CONFIG_NAME',
    hint: 'Rename it there: dayshift dvc remote rename --global web site',
  })
  await renameRemote(files, 'web', 'site', { level: 'global' })
  expect([files.global, files.repo, files.local].map(read)).toEqual([
    `[core]\n    remote = site\n${WEB.replace('web', 'site')}`,
    keys.replace('web', 'site'),
    LOCAL.replaceAll(/web/gi, 'site'),
  ])
  const another = place(WEB, undefined, '[core]\n    remote = web\n')
  expect((await removeRemote(another.files, 'web')).findings).toMatchObject([
    { code: 'remote.left', hint: 'dayshift dvc remote default --unset --global takes it out.' },
  ])
})

test('a password does not pass to another remote of that name', async () => {
  for (const edit of [removeRemote, (files: ConfigFiles, name: string) => renameRemote(files, name, 'site')]) {
    const { files } = place(WEB, LOCAL, WEB.replace('host', 'other'))
    expect((await edit(files, 'web')).findings).toMatchObject([{ code: 'remote.left' }])
    expect(read(files.local)).not.toContain('"web"')
    expect(await problems(files)).toEqual([])
  }
})

test('a remote that others stand on is told when it goes', async () => {
  const { files } = place(`${WEB}['remote "sub"']\n    url = remote://Web/deep\n`)
  expect((await removeRemote(files, 'web')).findings).toMatchObject([{ code: 'remote.dangling' }])
})

test('names that are not there, or taken, are refused', async () => {
  const { files } = place(WEB, '[\'remote "mine"\']\n    url = /m\n')
  await expect(removeRemote(files, 'wbe')).rejects.toMatchObject({
    code: 'DS_REMOTE_UNKNOWN',
    hint: "Did you mean 'web'?",
  })
  await expect(removeRemote(files, 'mine')).rejects.toMatchObject({
    code: 'DS_REMOTE_UNKNOWN',
    hint: `It stands in ${files.local}: say --local.`,
  })
  await expect(renameRemote(files, 'web', 'Mine')).rejects.toMatchObject({
    code: 'DS_DVC_EXISTS',
    message: "Rename failed. Remote name 'mine' already exists.",
  })
  expect(await codeOf(renameRemote(files, 'web', 'web'))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(renameRemote(files, 'web', ''))).toBe('DS_DVC_CONFIG_NAME')
  expect(read(files.repo)).toBe(WEB)
})

test.each(['remove', 'rename'])('%s: a crash between two files leaves settings that work', async (verb) => {
  const original = vi.mocked(writeAtomically).getMockImplementation() as typeof writeAtomically
  const run = (files: ConfigFiles): Promise<unknown> =>
    verb === 'remove' ? removeRemote(files, 'web') : renameRemote(files, 'web', 'site')
  let writes = 0
  for (let last = 0; last <= 3; last++) {
    const { files } = place(`[core]\n    remote = web\n${WEB}`, LOCAL)
    writes = 0
    // A crash: nothing more is written, not even what was there before.
    vi.mocked(writeAtomically).mockImplementation(async (path, content) => {
      if (writes++ < last) writeFileSync(path, content)
    })
    await run(files)
    expect(await problems(files)).toEqual([])
  }
  expect(writes).toBe(verb === 'remove' ? 2 : 3)
  vi.mocked(writeAtomically).mockImplementation(original)
})
