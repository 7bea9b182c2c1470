import { expect, test } from 'vitest'
import { objectPlace } from '../../src/cache/layout.ts'

test('DVC 3 and DVC 2 keep objects in trees of their own', () => {
  const digits = 'd751713988987e9331980363e24189ce.dir'
  expect(objectPlace({ algorithm: 'md5', digits })).toBe('files/md5/d7/51713988987e9331980363e24189ce.dir')
  expect(objectPlace({ algorithm: 'md5-dos2unix', digits })).toBe('d7/51713988987e9331980363e24189ce.dir')
})
