import { expect, test } from 'vitest'
import { memoryStore } from '../../src/stores/memory.ts'
import { storeConformance } from '../../src/testing.ts'

test.each(storeConformance(() => memoryStore()))('$name', ({ run }) => expect(run()).resolves.toBeUndefined())
