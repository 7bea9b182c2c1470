import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutBuffer } from '../../src/cache/slab.ts'

test('what was cut keeps its bytes, however much is cut after it', () => {
  const sizes = fc.array(fc.oneof(fc.nat(5000), fc.constantFrom(0, 65_536, 65_537, 1_048_577)), { maxLength: 400 })
  fc.assert(
    fc.property(sizes, (all) => {
      const cut = all.map((bytes, index) => cutBuffer(bytes).fill(index % 251))
      for (const [index, buffer] of cut.entries()) {
        expect(buffer.length).toBe(all[index])
        expect(buffer.every((byte) => byte === index % 251)).toBe(true)
      }
    }),
    { numRuns: 20 },
  )
})
