import { DayshiftError } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { transportConformance } from '../../src/testing.ts'
import { compositeTransport } from '../../src/transports/composite.ts'
import { eventOf, memory } from '../sample.ts'

const conformance = transportConformance(() => {
  const [first, last] = [memory('first'), memory('last')]
  return { transport: compositeTransport([first, last]), received: () => last.events }
})
test.each(conformance)('$name', ({ run }) => expect(run()).resolves.toBeUndefined())

const broken = new Error('cannot reach https://me:hunter2@host/')

describe('each of four rules says who gets the events', () => {
  test.each([
    { continueOnFailure: true, continueOnSuccess: true, got: [1, 1], fails: false },
    { continueOnFailure: true, continueOnSuccess: false, got: [1, 0], fails: false },
    { continueOnFailure: false, continueOnSuccess: true, got: [0, 0], fails: true },
    { continueOnFailure: false, continueOnSuccess: false, got: [0, 0], fails: true },
  ])('%o', async ({ got, fails, ...rules }) => {
    const [first, last] = [memory('first'), memory('last')]
    const transport = compositeTransport({ a: memory('a', broken), first, last }, rules)
    const emitted = transport.emit([eventOf('START')]).then(
      () => 'taken',
      (error: { code: string; message: string }) => `${error.code} ${error.message}`,
    )
    expect(await emitted).toBe(fails ? 'DS_LINEAGE_UNDELIVERED a: cannot reach https://host/' : 'taken')
    expect([first.events.length, last.events.length]).toEqual(got)
  })
})

test('the highest priority comes first where they are sorted, and equal ones as they are listed', async () => {
  const order: string[] = []
  const part = (name: string, priority?: number): { transport: ReturnType<typeof memory>; priority?: number } => ({
    transport: { ...memory(name), emit: async () => void order.push(name) },
    ...(priority === undefined ? {} : { priority }),
  })
  const parts = [part('a'), part('b', 2), part('c'), part('d', 3)]
  await compositeTransport(parts).emit([eventOf('START')])
  await compositeTransport(parts, { sortTransports: true }).emit([eventOf('START')])
  expect(order.join('')).toBe('abcddbac')
})

test('events that were put by are not taken: the next one gets them', async () => {
  const spooling = {
    ...memory('spooling'),
    emit: async (_: unknown, options?: { onSpooled?: (count: number, why: string) => void }) =>
      options?.onSpooled?.(1, 'down'),
  }
  const last = memory('last')
  const told: unknown[] = []
  await compositeTransport([spooling, last], { continueOnSuccess: false }).emit([eventOf('START')], {
    onSpooled: (...words) => told.push(words),
  })
  expect(last.events).toHaveLength(1)
  expect(told).toEqual([[1, 'down']])
})

test('none at all, and none that takes the events, are errors', async () => {
  expect(() => compositeTransport([])).toThrow(expect.objectContaining({ code: 'DS_LINEAGE_CONFIG' }) as Error)
  await expect(
    compositeTransport([memory('a', broken), memory('b', broken)]).emit([eventOf('START')]),
  ).rejects.toMatchObject({
    code: 'DS_LINEAGE_UNDELIVERED',
    message: 'no transport took the events: a: cannot reach https://host/; b: cannot reach https://host/',
  })
})

const emit = (...parts: Parameters<typeof compositeTransport>): Promise<unknown> =>
  compositeTransport(...parts).emit([eventOf('START')])

test('what all refuse for what is in it is for no later time', async () => {
  const refusing = memory('a', new DayshiftError('DS_LINEAGE_REJECTED', 'failed', 'no', { hint: '' }))
  await expect(emit([refusing, refusing])).rejects.toMatchObject({ code: 'DS_LINEAGE_REJECTED' })
  await expect(emit([refusing, memory('b', broken)])).rejects.toMatchObject({ code: 'DS_LINEAGE_UNDELIVERED' })
  await expect(emit([refusing, memory()], { continueOnFailure: false })).rejects.toMatchObject({
    code: 'DS_LINEAGE_REJECTED',
  })
})

test('all are closed, whichever fails to', async () => {
  const closed: string[] = []
  const part = (name: string, error?: Error): ReturnType<typeof memory> => ({
    ...memory(name),
    close: async () => {
      closed.push(name)
      if (error) throw error
    },
  })
  await expect(compositeTransport([part('a', broken), part('b')]).close()).rejects.toBe(broken)
  expect(closed).toEqual(['a', 'b'])
})
