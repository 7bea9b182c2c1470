import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { branchOf, whenAborted } from '../../src/remotes/abort.ts'

test('whatever waits for a signal, one listens to it', () => {
  const work = new AbortController()
  const called: number[] = []
  const leaves = Array.from({ length: 50 }, (_, at) => whenAborted(work.signal, () => called.push(at)))
  for (const leave of leaves.slice(1)) leave()
  expect(getEventListeners(work.signal, 'abort')).toHaveLength(1)
  work.abort()
  expect(called).toEqual([0])
})

test('a branch ends with the work, and the work not with it', () => {
  const work = new AbortController()
  const [one, other, third] = [branchOf(work.signal), branchOf(work.signal), branchOf(work.signal)]
  one.abort('broken')
  third.leave()
  expect(work.signal.aborted).toBe(false)
  work.abort('enough')
  expect([one, other, third].map(({ abortSignal }) => abortSignal.reason as unknown)).toEqual([
    'broken',
    'enough',
    undefined,
  ])
  expect(branchOf(work.signal).abortSignal.reason).toBe('enough')
})
