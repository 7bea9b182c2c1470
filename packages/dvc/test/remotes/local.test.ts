import { describe, expect, test } from 'vitest'
import { localRemote } from '../../src/remotes/local.ts'
import { remoteConformance } from '../../src/testing.ts'
import { newFolder } from '../sandbox.ts'

describe('a local folder as a remote', () => {
  test.each(remoteConformance(() => localRemote({ dir: newFolder(), shared: false })))('$name', ({ run }) =>
    expect(run()).resolves.toBeUndefined(),
  )
})
