import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLanding } from '../../src/cache/landing.ts'
import { filesIn, newFolder, put } from '../sandbox.ts'

const ONE = `files/md5/aa/${'1'.repeat(30)}`
const TWO = `files/md5/bb/${'2'.repeat(30)}.dir`

test('nothing has its name before all of it is settled', async () => {
  const dir = newFolder()
  const landing = openLanding({ dir, shared: false })
  landing.write(ONE, Buffer.from('one'))
  const draft = await landing.begin(TWO)
  await draft.write(Buffer.from('tw'))
  await draft.write(Buffer.from('o'))
  expect(existsSync(join(dir, ONE))).toBe(false)
  await draft.keep()
  await landing.settle()
  expect(filesIn(dir)).toEqual([ONE, TWO])
  expect(readFileSync(join(dir, TWO), 'utf8')).toBe('two')
  expect(statSync(join(dir, TWO)).mode & 0o777).toBe(0o444)
})

test('what is dropped or discarded leaves nothing', async () => {
  const dir = newFolder()
  const landing = openLanding({ dir, shared: true })
  landing.write('aa/1', Buffer.from('one'))
  const draft = await landing.begin('bb/2')
  await draft.write(Buffer.from('two'))
  await draft.drop()
  landing.discard()
  await landing.settle()
  expect(filesIn(dir)).toEqual([])
  expect(statSync(join(dir, 'aa')).mode & 0o7777).toBe(0o2775)
})

test('many settle by themselves', async () => {
  const dir = newFolder()
  const landing = openLanding({ dir, shared: false })
  for (let at = 0; at < 2000; at++) {
    landing.write(`a/${at}`, Buffer.from(String(at)))
    await landing.settleMany()
  }
  expect(filesIn(dir).filter((path) => !path.includes('.tmp'))).toHaveLength(2000)
})

test('what a killed process left a day ago goes', async () => {
  const dir = newFolder()
  for (const name of ['.old.dayshift.tmp', '.new.dayshift.tmp', 'object']) put(dir, `a/${name}`)
  for (const name of ['.old.dayshift.tmp', 'object']) utimesSync(join(dir, 'a', name), 1, 1)
  const landing = openLanding({ dir, shared: false })
  landing.write('a/1', Buffer.from('one'))
  await landing.settle()
  expect(filesIn(dir)).toEqual(['a/.new.dayshift.tmp', 'a/1', 'a/object'])
})
