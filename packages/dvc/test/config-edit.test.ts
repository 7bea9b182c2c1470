import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configFiles } from '../src/config.ts'
import { editConfig, readSettings, writeSettings } from '../src/config-edit.ts'
import { codeOf, filesIn, newFolder, put } from './sandbox.ts'

test('an edit is held against what others have, who lack config.local', async () => {
  const folder = newFolder()
  put(folder, 'config.local', '[\'remote "mine"\']\n    url = /mine\n')
  const edit = editConfig(configFiles(folder), 'repo', 'remote.mine.jobs', '2', { cwd: folder })
  await expect(edit).rejects.toMatchObject({
    code: 'DS_DVC_CONFIG_NAME',
    message: 'remote.mine has no url (after this change, without what config.local says)',
  })
  expect(existsSync(join(folder, 'config'))).toBe(false)
})

test('where the second file cannot be written, the first gets back what it held', async () => {
  const folder = newFolder()
  const files = configFiles(folder, { global: join(folder, 'g/config') })
  put(folder, 'config', '# mine\n[core]\n    autostage = true\n')
  // A folder stands where the file should.
  mkdirSync(join(folder, 'g/config'), { recursive: true })
  const before = await readSettings(configFiles(folder))
  const sections = new Map([['core', new Map([['autostage', 'false']])]])
  const edits = (['repo', 'local', 'global'] as const).map((level) => ({ level, sections }))
  const writing = writeSettings(files, before, edits, { dryRun: false, edited: 'core.autostage' })
  expect(await codeOf(writing)).toBe('DS_DVC_WRITE')
  expect(readFileSync(join(folder, 'config'), 'utf8')).toBe('# mine\n[core]\n    autostage = true\n')
  expect(existsSync(join(folder, 'config.local'))).toBe(false)
})

test('a secret of a remote is not written where git records it', async () => {
  const folder = newFolder()
  const files = configFiles(folder)
  for (const [name, value] of [
    ['remote.r.password', 'hidden'],
    ['remote.r.url', 'https://me:hidden@host/x'],
  ] as const) {
    expect(await codeOf(editConfig(files, 'repo', name, value, { cwd: folder }))).toBe('DS_DVC_SECRET')
  }
  expect(filesIn(folder)).toEqual([])
})

test('a value that no file can hold is not told: it may be a password', async () => {
  const folder = newFolder()
  put(folder, 'config', '[\'remote "r"\']\n    url = https://host/x\n')
  const edit = editConfig(configFiles(folder), 'local', 'remote.r.password', 'hid\rden', { cwd: folder })
  await expect(edit).rejects.toMatchObject({
    code: 'DS_DVC_CONFIG_VALUE',
    message: 'the value of password cannot be written into a config file',
  })
})
