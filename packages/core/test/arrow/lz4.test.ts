import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decompressLz4 } from '../../src/arrow/lz4.ts'

fc.configureGlobal({ seed: 20_130_101 })

const TEXT = 'to be or not to be, that is the question: to be or not to be. '.repeat(2)
/** TEXT as pyarrow 26.0.1 compresses it: `pa.Codec('lz4').compress(…)`. */
const FRAME = Buffer.from(
  '04224d186040823d000000d1746f206265206f72206e6f74200d00f2082c207468617420697320746865207175657374696f6e3a1d00092a001f2e1400000f3e0014502062652e2000000000',
  'hex',
)

/** A frame of blocks; those marked are as they are. */
function frame(flags: number, blocks: readonly (readonly [raw: boolean, bytes: readonly number[]])[]): Buffer {
  const parts = [Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40 | flags, 0x40])]
  if (flags & 8) parts.push(Buffer.alloc(8))
  parts.push(Buffer.alloc(1))
  for (const [raw, bytes] of blocks) {
    const size = Buffer.alloc(4)
    size.writeUInt32LE(bytes.length + (raw ? 2 ** 31 : 0))
    parts.push(size, Buffer.from(bytes), Buffer.alloc(flags & 16 ? 4 : 0))
  }
  return Buffer.concat([...parts, Buffer.alloc(4)])
}

test('what pyarrow compresses', () => {
  expect(Buffer.from(decompressLz4(FRAME, TEXT.length)).toString()).toBe(TEXT)
})

test.each([0, 4, 8, 16, 32, 8 + 16 + 4])(
  'frames with flags %i, of blocks that look back beyond themselves',
  (flags) => {
    // Three letters; then 5 bytes from 3 back, which overlap with themselves, and a last letter.
    const made = frame(flags, [
      [true, [...Buffer.from('abc')]],
      [false, [0x01, 3, 0, 0x10, 0x64]],
    ])
    expect(Buffer.from(decompressLz4(made, 9)).toString()).toBe('abcabcabd'.slice(0, 8) + 'd')
  },
)

test('long runs of letters and of repeats', () => {
  const letters = Array.from({ length: 300 }, (_, at) => at % 251)
  const made = frame(0, [[false, [0xff, 255, 30, ...letters, 44, 1, 255, 26, 0x10, 7]]])
  expect([...decompressLz4(made, 601)]).toEqual([...letters, ...letters, 7])
})

test('a torn or foreign buffer is an error, and ends', () => {
  fc.assert(
    fc.property(fc.nat(FRAME.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, byte, cut) => {
      const bytes = cut ? FRAME.subarray(0, at) : Buffer.from(FRAME).fill(byte, at, at + 1)
      let length = TEXT.length
      try {
        length = decompressLz4(bytes, TEXT.length).length
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
      return length === TEXT.length
    }),
  )
  for (const wrong of [Buffer.from('hello, world'), FRAME.subarray(0, 3)]) {
    expect(() => decompressLz4(wrong, 4)).toThrow(RangeError)
  }
  expect(() => decompressLz4(FRAME, TEXT.length + 1)).toThrow('a buffer has 124 bytes instead of 125')
})
