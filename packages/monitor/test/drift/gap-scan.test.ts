import { open, type Frame } from '@dayshift/core'
import { expect, test } from 'vitest'
import { scanGaps } from '../../src/drift/gap-scan.ts'
import { ksStatistic } from '../../src/statistics/ks-statistic.ts'

/** Rows of several kinds of numbers, some of them missing. */
function rows(n: number, shift: number): Promise<Frame> {
  const list = Array.from({ length: n }, (_, at) => ({
    wave: Math.sin(at * 1.7) + shift,
    count: (at * 7919) % 11,
    some: at % 3 === 0 ? null : Math.cos(at) * 1e6,
    odd: [NaN, Infinity, -Infinity, -0, 0, at][at % 6],
    none: shift === 0 ? null : at + 0.5,
    'of "one" value': 4.5,
  }))
  return open(list)
}

test('all columns in one scan, with the gaps that sorting each finds', async () => {
  const [reference, current] = [await rows(9000, 0), await rows(7001, 0.01)]
  const { columns } = await reference.schema()
  const names = columns.map(({ name }) => name)
  const passes = new Set<number>()
  const found = await scanGaps(reference, current, names, { onProgress: (pass) => passes.add(pass) })
  expect([...found.keys()]).toEqual(names)
  for (const name of names.filter((one) => one !== 'none')) {
    const plain = (frame: Frame): Promise<Float64Array> => frame.numbers(name).then((all) => all.filter((x) => x === x))
    const [a, b] = [await plain(reference), await plain(current)]
    const { statistic, location, sign } = ksStatistic(a, b)
    const { sizes, gap } = found.get(name) ?? {}
    expect(sizes).toEqual([a.length, b.length])
    expect({
      statistic: (gap?.height ?? NaN) / (a.length * b.length),
      location: gap?.location,
      sign: gap?.sign,
    }).toEqual({
      statistic,
      location,
      sign,
    })
  }
  expect(found.get('none')).toEqual({ sizes: [0, 7001] })
  expect(passes.size).toBeLessThanOrEqual(2)
})

test('sides without rows have no gap', async () => {
  const none = (await rows(5, 0)).filter('wave > 9')
  expect(await scanGaps(none, none, ['wave', 'count'])).toEqual(
    new Map([
      ['wave', { sizes: [0, 0] }],
      ['count', { sizes: [0, 0] }],
    ]),
  )
  expect((await scanGaps(await rows(5, 0), none, ['wave'])).get('wave')).toEqual({ sizes: [5, 0] })
})

test('no columns need no scan; a signal stops one', async () => {
  const frame = await rows(10, 0)
  expect(await scanGaps(frame, frame, [])).toEqual(new Map())
  await expect(scanGaps(frame, frame, ['wave'], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'DS_ABORTED',
  })
})
