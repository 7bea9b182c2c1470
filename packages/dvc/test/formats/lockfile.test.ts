import { expect, test } from 'vitest'
import { readLockfile } from '../../src/formats/lockfile.ts'

const md5 = '401b30e3b8b5d629635a5c613cdb7919'
const stages = (indent: string): string =>
  `${indent}train@a:\n${indent}  cmd: [x, y]\n${indent}  deps:\n${indent}  - path: d\n${indent}    md5: ${md5}\n${indent}  params:\n${indent}    params.yaml:\n${indent}      lr: 1\n${indent}  outs:\n${indent}  - path: m\n${indent}    md5: ${md5.toUpperCase()}\n${indent}    size: 2\n`

test.each([`schema: '2.0'\nstages:\n${stages('  ')}`, `schema: 2.0\nstages:\n${stages('  ')}`, stages('')])(
  'schema 2.0 and 1.0 say the same: %#',
  (text) => {
    expect(readLockfile(text, 'dvc.lock')).toEqual(
      new Map([['train@a', new Map([['m', { path: 'm', md5, size: 2 }]])]]),
    )
  },
)

test('an empty one knows nothing', () => {
  expect(readLockfile('', 'dvc.lock')).toEqual(new Map())
  expect(readLockfile("schema: '2.0'\n", 'dvc.lock')).toEqual(new Map())
})

test.each([
  ["schema: '3.0'", 'its schema is "3.0"'],
  [
    "schema: '2.0'\nstages:\n  a:\n    outs:\n    - md5: x\n",
    'a.cmd is missing; a.outs[0].path is missing; a.outs[0].md5 is not a hash',
  ],
  ['[]', 'it is not a mapping'],
])('refuses %j', (text, problem) => {
  expect(() => readLockfile(text, 'dvc.lock')).toThrow(
    expect.objectContaining({ code: 'DS_DVC_FILE_MALFORMED', message: expect.stringContaining(problem) as string }),
  )
})
