import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeFolderAtomically } from '../../src/writing/atomic-folder.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()
const path = (name: string): string => join(folder.path, name)
const hidden = (): string[] => readdirSync(folder.path).filter((name) => name.startsWith('.'))
const tree = (name: string): string[] =>
  readdirSync(path(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .sort()

const fill =
  (text: string) =>
  async (temporary: string): Promise<void> => {
    mkdirSync(join(temporary, 'k=1'))
    writeFileSync(join(temporary, 'k=1/a.csv'), text)
    writeFileSync(join(temporary, 'b.csv'), text)
    await Promise.resolve()
  }

test('a folder is there whole, and replaced whole where that is wanted', async () => {
  await writeFolderAtomically(path('a'), false, fill('one'))
  expect(tree('a')).toEqual(['one', 'one'])
  const again = writeFolderAtomically(path('a'), false, () => Promise.reject(new Error('not called')))
  await expect(again).rejects.toMatchObject({ code: 'DS_TARGET_EXISTS', where: path('a') })
  await writeFolderAtomically(path('a'), true, fill('two'))
  expect([tree('a'), hidden()]).toEqual([['two', 'two'], []])
})

test('an empty folder may be filled', async () => {
  mkdirSync(path('empty'))
  await writeFolderAtomically(path('empty'), false, fill('x'))
  expect(tree('empty')).toEqual(['x', 'x'])
})

test('what goes wrong leaves the old folder, and nothing else', async () => {
  await writeFolderAtomically(path('old'), false, fill('old'))
  const failing = writeFolderAtomically(path('old'), true, async (temporary) => {
    await fill('new')(temporary)
    throw new Error('disk full')
  })
  await expect(failing).rejects.toMatchObject({ code: 'DS_WRITE', message: `cannot write ${path('old')}: disk full` })
  expect([tree('old'), hidden()]).toEqual([['old', 'old'], []])
})

test('a folder that comes into being meanwhile is not replaced', async () => {
  const late = writeFolderAtomically(path('late'), false, async (temporary) => {
    await fill('new')(temporary)
    folder.write('late/other.csv', 'theirs')
  })
  await expect(late).rejects.toMatchObject({ code: 'DS_TARGET_EXISTS' })
  expect([tree('late'), hidden()]).toEqual([['theirs'], []])
})

test.each(['notes.md', '.git/config', 'deep/er/x.ts'])('a folder that holds %s is never replaced', async (name) => {
  const target = `mixed-${name.length}`
  folder.write(`${target}/${name}`, 'mine')
  folder.write(`${target}/a.csv`, 'data')
  const replacing = writeFolderAtomically(path(target), true, fill('new'))
  await expect(replacing).rejects.toMatchObject({
    code: 'DS_TARGET_EXISTS',
    message: expect.stringContaining('holds more than data') as string,
  })
  expect(tree(target)).toEqual(['data', 'mine'])
})

test('what writers of data leave beside it is no hindrance', async () => {
  for (const name of ['_SUCCESS', '.a.parquet.crc', 'k=1/a.parquet']) folder.write(`spark/${name}`, '')
  await writeFolderAtomically(path('spark'), true, fill('new'))
  expect(tree('spark')).toEqual(['new', 'new'])
})

test('a file is not replaced by a folder, and a folder that is missing is known at once', async () => {
  folder.write('file', 'x')
  for (const [target, code] of [
    ['file', 'DS_TARGET_EXISTS'],
    ['nowhere/a', 'DS_WRITE'],
    ['file/a', 'DS_WRITE'],
  ] as const) {
    await expect(
      writeFolderAtomically(path(target), true, () => Promise.reject(new Error('not called'))),
    ).rejects.toMatchObject({ code })
  }
  expect(hidden()).toEqual([])
})
