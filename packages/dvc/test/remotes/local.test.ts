import { describe, expect, test } from 'vitest'
import { localRemote } from '../../src/remotes/local.ts'
import { remoteConformance } from '../../src/testing.ts'
import { newFolder } from '../sandbox.ts'

describe('a local folder as a remote', () => {
  for (const { name, run } of remoteConformance(() => localRemote({ dir: newFolder(), shared: false }))) {
    test(name, () => expect(run()).resolves.toBeUndefined())
  }
})
