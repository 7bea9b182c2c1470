import { linkSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashFile, openHasher } from '../../src/cache/hash.ts'
import { newFolder, put } from '../sandbox.ts'

const CHUNK = 1 << 20
const a = (count: number): string => 'a'.repeat(count)

// dvc-data 3.18.3 under DVC 3.67.1 gave these: fobj_md5(BytesIO(content), name='md5-dos2unix'), and with name='md5'.
const GOLDEN: readonly (readonly [what: string, content: string, dos2unix: string, md5: string])[] = [
  ['nothing', '', 'd41d8cd98f00b204e9800998ecf8427e', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['CRLF', 'a\r\nb\r\n', 'dd8c6a395b5dd36c56d23275028f526c', '59b0d7772f0561efb95518f3cb8abc60'],
  ['LF', 'a\nb\n', 'dd8c6a395b5dd36c56d23275028f526c', 'dd8c6a395b5dd36c56d23275028f526c'],
  ['CR and CRLF', '\r\r\n\r', 'f343745fdbaf7542a98677a2e74b07b0', '1bb2030824bfc9b0271a169a8409d6e0'],
  ['NUL', 'a\r\n\0', '45f547e477b625af2c2aa642fde04366', '45f547e477b625af2c2aa642fde04366'],
  ['NUL late', `${a(512)}\r\n\0`, '29d04c9ae93c6945194a9587f95608db', 'ba9e85caa89eef522ba534acbda22477'],
  [
    '30 % of other bytes',
    `${'\x80'.repeat(3)}${a(5)}\r\n`.repeat(51),
    '1d9504fd411f9dc1e2546b7bbada7c7d',
    'bb9a22bb9d4db629c8f171ecfb8bfecb',
  ],
  [
    '31 % of other bytes',
    `${'\x80'.repeat(31)}${a(67)}\r\n`,
    '0fa967ad8d7861940e9947032f235bba',
    '0fa967ad8d7861940e9947032f235bba',
  ],
  [
    'controls',
    `\x08\t\n\x0c\r\n\x0b\x1b${a(20)}\r\n`,
    '94412c81c175e0dbc544e46426323abb',
    'b80f618b36a4bbde5c9a4e2105a0418f',
  ],
  ['CRLF across chunks', `${a(CHUNK - 1)}\r\n`, '2647acae3fed7a4538ecf474e9a98d1e', '2647acae3fed7a4538ecf474e9a98d1e'],
  [
    'CRLF at the edge',
    `${a(CHUNK - 2)}\r\n\r\nb`,
    'df4d3e8567c98dee8d63634aeec5284c',
    'd31a348cbfede52b961459b49fb5e0bb',
  ],
  [
    'a binary second chunk',
    `a\r\n${a(CHUNK - 3)}\0\r\n`,
    '59be13806ad07624aa219d0455bc9ae2',
    '3bc5ffd8c0618080310f16cf748a7451',
  ],
  [
    'a text as second chunk',
    `\0\r\n${a(CHUNK - 3)}b\r\n`,
    'cec5ac446e89306890c76f8537214087',
    '603f009e1e55d3eaac6af9136b115c4e',
  ],
]

test.each(GOLDEN)('%s has the hashes of DVC 2 and 3', async (_, content, dos2unix, md5) => {
  const folder = newFolder()
  put(folder, 'x', Buffer.from(content, 'latin1'))
  const path = join(folder, 'x')
  expect(await hashFile(path)).toEqual({ md5, bytes: content.length })
  expect(await hashFile(path, { algorithm: 'md5-dos2unix' })).toEqual({ md5: dos2unix, bytes: content.length })
})

test('an edit while a file is read is found out, though it puts size and time back', async () => {
  const path = join(newFolder(), 'large')
  writeFileSync(path, Buffer.alloc(3 << 20, 'a'))
  const { atime, mtime } = statSync(path)
  await sleep(20)
  let pieces = 0
  const edit = (): void => {
    if (++pieces > 1) return
    writeFileSync(path, Buffer.alloc(3 << 20, 'b'))
    utimesSync(path, atime, mtime)
  }
  await expect(hashFile(path, { onProgress: edit })).rejects.toMatchObject({ code: 'DS_DVC_CHANGED' })
  // A link more is no edit.
  expect(await hashFile(path, { onProgress: () => linkSync(path, `${path}${++pieces}`) })).toMatchObject({
    bytes: 3 << 20,
  })
})

test.each(GOLDEN)('%s in pieces of any length', (_, content, dos2unix, md5) => {
  const bytes = Buffer.from(content, 'latin1')
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2 * CHUNK }), { minLength: 1, maxLength: 20 }), (lengths) => {
      for (const [algorithm, expected] of [
        ['md5', md5],
        ['md5-dos2unix', dos2unix],
      ] as const) {
        const hasher = openHasher(algorithm)
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const length = lengths[turn % lengths.length] as number
          hasher.update(bytes.subarray(at, at + length))
          at += length
        }
        expect(hasher.digest()).toBe(expected)
      }
    }),
    { numRuns: bytes.length > CHUNK ? 2 : 10 },
  )
})
