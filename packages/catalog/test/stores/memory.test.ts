import { expect, test } from 'vitest'
import type { CatalogEntry } from '../../src/entry.ts'
import type { CatalogStore } from '../../src/store.ts'
import { memoryStore } from '../../src/stores/memory.ts'
import { storeConformance } from '../../src/testing.ts'

test.each(storeConformance(() => memoryStore()))('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

/** A store that hands out what it keeps. */
function carelessStore(): CatalogStore {
  const kept: CatalogEntry[] = []
  return { ...memoryStore(), put: async (entry) => void kept.push(entry), get: async () => kept.at(-1) }
}

test('a store that hands out what it keeps does not pass the suite', async () => {
  const found = storeConformance(carelessStore).find(({ name }) => name.startsWith('what is given cannot be changed'))
  await expect(found?.run()).rejects.toThrow('changed')
})
