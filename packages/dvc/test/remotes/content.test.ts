import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blocksOf } from '../../src/remotes/content.ts'

async function blocks(pieces: Iterable<Uint8Array>, bytes: number, size: number): Promise<Buffer[]> {
  const all: Buffer[] = []
  for await (const block of blocksOf({ bytes, open: () => pieces }, size, 'x')) all.push(block)
  return all
}

test('blocks hold the content, all but the last are full, and there is one at least', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.integer({ min: 1, max: 16 }),
      async (pieces, size) => {
        const content = Buffer.concat(pieces)
        const cut = await blocks(pieces, content.length, size)
        expect(Buffer.concat(cut)).toEqual(content)
        expect(cut).toHaveLength(Math.max(1, Math.ceil(content.length / size)))
        for (const block of cut.slice(0, -1)) expect(block).toHaveLength(size)
      },
    ),
  )
})

/** One piece again and again, with other content. */
function* reused(): Generator<Uint8Array> {
  const piece = new Uint8Array(3)
  for (let at = 1; at <= 4; at++) yield piece.fill(at)
}

test('a piece may be overwritten once the next is asked for', async () => {
  expect(Buffer.concat(await blocks(reused(), 12, 5))).toEqual(Buffer.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]))
})

test.each([11, 13])('content that is not as long as was said is refused: %i', async (bytes) => {
  await expect(blocks([Buffer.alloc(12)], bytes, 5)).rejects.toMatchObject({ code: 'DS_DVC_CHANGED' })
})
