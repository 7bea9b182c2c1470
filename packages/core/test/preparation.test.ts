import { afterAll, beforeAll, expect, test } from 'vitest'
import { failure } from '../src/codes.ts'
import type { Engine, QueryOptions } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { allNeeds, prepare, prepareOnce, type Preparation } from '../src/preparation.ts'
import { newFolder } from './folder.ts'

newFolder()
let engine: Engine
let base: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  base = await open([{ a: 1 }], { engine })
})
afterAll(() => engine.close())

/** A preparation that counts its runs, and ends each as it is told. */
function counted(ends: readonly (Error | undefined)[]): { need: Preparation; runs: () => number } {
  let runs = 0
  const need = prepareOnce('the work', async ({ signal }: QueryOptions = {}) => {
    const end = ends[runs++]
    await new Promise((done) => setTimeout(done, 10))
    if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped')
    if (end) throw end
  })
  return { need, runs: () => runs }
}

test('it runs once, however many ask for it, at once or later', async () => {
  const { need, runs } = counted([])
  await Promise.all([need.run(), need.run(), need.run()])
  await need.run()
  expect(runs()).toBe(1)
})

test('where it fails, all that wait hear of it, and the next runs it again', async () => {
  const { need, runs } = counted([new Error('boom')])
  expect((await Promise.allSettled([need.run(), need.run()])).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
  ])
  await need.run()
  await need.run()
  expect(runs()).toBe(2)
})

test('work that throws at once is run again, too', async () => {
  let runs = 0
  const need = prepareOnce('the work', () => {
    if (runs++ === 0) throw new Error('boom')
    return Promise.resolve()
  })
  await expect(need.run()).rejects.toThrow('boom')
  await need.run()
  expect(runs).toBe(2)
})

test('where another caller stops it, those that wait run it again; the one that stopped does not', async () => {
  const { need, runs } = counted([])
  const controller = new AbortController()
  const stopped = need.run({ signal: controller.signal })
  const waiting = [need.run(), need.run({ signal: new AbortController().signal })]
  controller.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'DS_ABORTED' })
  await Promise.all(waiting)
  expect(runs()).toBe(2)
})

test('needs run in order, those of two relations each once', async () => {
  const order: string[] = []
  const need = (what: string): Preparation => ({ what, run: async () => void order.push(what) })
  const [a, b, c] = [need('a'), need('b'), need('c')] as const
  await prepare(allNeeds([a, b], undefined, [a, c]))
  expect(order).toEqual(['a', 'b', 'c'])
  expect(allNeeds(undefined, [])).toBeUndefined()
  await prepare(undefined)
})

test('a frame prepares itself before rows are asked for, or when it is told to', async () => {
  const { need, runs } = counted([])
  const frame = base.with({ ...base.relation, needs: [need] })
  expect(frame.filter('a = 1').sort('a').explain()).toMatch(/^-- before: the work\nSELECT/)
  expect(runs()).toBe(0)
  await frame.ready()
  expect(await engine.query(`SELECT * FROM ${frame.relation.from.text}`)).toEqual([{ a: 1 }])
  await Promise.all([frame.union(frame).count(), frame.join(frame, { on: 'a' }).toArray(), frame.head()])
  expect(runs()).toBe(1)
})

test('a frame whose preparation fails says why, and may be asked again', async () => {
  const { need } = counted([failure('DS_QUERY', 'boom')])
  const frame = base.with({ ...base.relation, needs: [need] })
  await expect(frame.toArray()).rejects.toMatchObject({ code: 'DS_QUERY', message: 'boom' })
  expect(await frame.toArray()).toEqual([{ a: 1 }])
})
