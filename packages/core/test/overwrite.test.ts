import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isSamePlace, refuseOverwrite } from '../src/overwrite.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()

test.skipIf(process.platform === 'win32')('a file is the same through a link, be it there or not', () => {
  mkdirSync(join(folder.path, 'real'))
  symlinkSync(join(folder.path, 'real'), join(folder.path, 'link'))
  const [real, link] = ['real', 'link'].map((name) => join(folder.path, name, 'new.csv')) as [string, string]
  expect([isSamePlace(real, link), isSamePlace(real, join(folder.path, 'new.csv'))]).toEqual([true, false])
  folder.write('real/old.csv', 'a\n')
  const old = join(folder.path, 'link', 'old.csv')
  expect(() => refuseOverwrite(join(folder.path, 'real', 'old.csv'), [old])).toThrow('is read here')
})
