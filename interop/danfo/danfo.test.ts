import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { installNpmPeer } from '../peer.ts'
import { NPM_PEERS, VERSIONS } from '../peers.ts'

const run = promisify(execFile)
const VERSION = VERSIONS.danfo
const TENSORFLOW = VERSIONS.tensorflow
const root = join(import.meta.dirname, '..', '..')
let folder = ''

const dist = (file: string): string => JSON.stringify(join(root, 'packages', 'core', 'dist', file))

/**
 * Runs JavaScript in a process of its own that has the real danfojs (`dfd`) and this package as it is built, and gives what
 * the script returns.
 */
async function ask<Answer>(script: string): Promise<Answer> {
  const file = join(folder, `script-${process.pid}.mjs`)
  writeFileSync(
    file,
    `import * as dfd from 'danfojs-node'
import { open, sql } from ${dist('index.js')}
import { fromDanfo, toDanfo } from ${dist('interop/danfo.js')}
const thrown = async (work) => { try { return await work() } catch (error) { return error.code ?? error.message } }
const typesOf = async (frame) => (await frame.schema()).columns.map(({ name, nativeType }) => name + ' ' + nativeType)
const answer = await (async () => {${script}})()
console.log('\\n' + JSON.stringify(answer))`,
  )
  const { stdout } = await run(process.execPath, [file], { cwd: folder, maxBuffer: 1 << 26 })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as Answer
}

describe(`with the real danfojs-node ${VERSION}`, () => {
  beforeAll(async () => {
    folder = await installNpmPeer(NPM_PEERS.danfo)
    await run(join(root, 'node_modules', '.bin', 'tsc'), ['-b', join(root, 'packages', 'core')])
  })

  test('a prototype is made on our sample, and its result comes back', async () => {
    const answer = await ask(`
      const rows = Array.from({ length: 1000 }, (_, id) => ({ id, origin: ['EWR', 'JFK', 'LGA'][id % 3], temp: id % 90 }))
      const weather = await open(rows)
      const df = await toDanfo(weather.sample({ rows: 300, seed: 7 }), dfd)
      df.addColumn('celsius', df['temp'].sub(32).mul(5).div(9), { inplace: true })
      const warm = df.query(df['celsius'].gt(20))
      const back = await fromDanfo(warm)
      const ours = await weather.sample({ rows: 300, seed: 7 }).derive({ celsius: '(temp - 32) * 5 / 9' }).filter('celsius > 20').toArray()
      const same = JSON.stringify(await back.toArray()) === JSON.stringify(ours)
      return { real: df instanceof dfd.DataFrame, shape: df.shape, types: await typesOf(back), rows: await back.count() === ours.length, same }`)
    expect(answer).toEqual({
      real: true,
      shape: [300, 4],
      types: ['id BIGINT', 'origin VARCHAR', 'temp BIGINT', 'celsius DOUBLE'],
      rows: true,
      same: true,
    })
  })

  test('its tensors are those of the real TensorFlow.js', async () => {
    const answer = await ask(`
      const df = await toDanfo((await open([{ n: 3 }, { n: 4 }])).derive({ square: 'n * n' }), dfd)
      const tensor = df.tensor
      return { version: dfd.tensorflow.version_core, real: tensor instanceof dfd.tensorflow.Tensor,
        norm: (await dfd.tensorflow.norm(tensor.cast('float32')).array()).toFixed(4), values: await tensor.array() }`)
    expect(answer).toEqual({
      version: TENSORFLOW,
      real: true,
      norm: '19.0263',
      values: [
        [3, 9],
        [4, 16],
      ],
    })
  })

  test('every kind of value, there and back', async () => {
    const answer = await ask(`
      const frame = (await open([{ n: 1 }, { n: 2 }])).derive({
        i: 'n', huge: '9007199254740992 + n', f: 'n / 2', text: "'00' || n", ok: 'n = 1',
        none: 'CASE WHEN n = 1 THEN 1.5 END', day: "DATE '2024-02-28' + n::INTEGER",
        at: "TIMESTAMP '2024-02-29 12:00:00.5'", d: '1.25::DECIMAL(10,2)', l: '[n]',
      })
      const df = await toDanfo(frame, dfd, { bigints: 'text' })
      const types = { huge: 'BIGINT', day: 'DATE', at: 'TIMESTAMP', d: 'DECIMAL(10,2)', l: 'BIGINT[]' }
      const back = await fromDanfo(df, { types })
      const text = async (f) => JSON.stringify(await f.derive(Object.fromEntries(f.columns.map((c) => [c, 'CAST("' + c + '" AS VARCHAR)']))).toArray())
      return { dtypes: df.dtypes, values: df.values[0], same: await text(back) === await text(frame), types: await typesOf(back),
        refused: await thrown(() => toDanfo(frame, dfd)), large: await thrown(() => toDanfo(frame, dfd, { limit: 1, bigints: 'text' })),
        plain: await typesOf(await fromDanfo(df)) }`)
    expect(answer).toEqual({
      dtypes: [
        'int32',
        'int32',
        'string',
        'float32',
        'string',
        'boolean',
        'float32',
        'string',
        'string',
        'float32',
        'string',
      ],
      values: [1, 1, '9007199254740993', 0.5, '001', true, 1.5, '2024-02-29', '2024-02-29T12:00:00.500Z', 1.25, '[1]'],
      same: true,
      types: [
        'n BIGINT',
        'i BIGINT',
        'huge BIGINT',
        'f DOUBLE',
        'text VARCHAR',
        'ok BOOLEAN',
        'none DOUBLE',
        'day DATE',
        'at TIMESTAMP',
        'd DECIMAL(10,2)',
        'l BIGINT[]',
      ],
      refused: 'DS_VALUE_MISFIT',
      large: 'DS_TOO_LARGE',
      plain: [
        'n BIGINT',
        'i BIGINT',
        'huge VARCHAR',
        'f DOUBLE',
        'text VARCHAR',
        'ok BOOLEAN',
        'none DOUBLE',
        'day VARCHAR',
        'at VARCHAR',
        'd DOUBLE',
        'l VARCHAR',
      ],
    })
  })

  test('no rows, a series and the index', async () => {
    const answer = await ask(`
      const none = (await open([{ n: 1, t: 'a' }])).filter('n > 1')
      const df = await toDanfo(none, dfd)
      const values = new dfd.DataFrame([[1, 'a'], [2, 'b']], { columns: ['n', 't'], index: ['x', 'y'] })
      return { shape: df.shape, back: await typesOf(await fromDanfo(df)), series: await (await fromDanfo(values['t'])).toArray(),
        indexed: await (await fromDanfo(values, { index: 'at' })).toArray() }`)
    expect(answer).toEqual({
      shape: [0, 2],
      back: ['n BIGINT', 't VARCHAR'],
      series: [{ t: 'a' }, { t: 'b' }],
      indexed: [
        { at: 'x', n: 1, t: 'a' },
        { at: 'y', n: 2, t: 'b' },
      ],
    })
  })

  test('what docs/danfo.md says that it does', async () => {
    writeFileSync(join(folder, 'zeros.csv'), 'zip,big,n\n007,12345678901234567890,1\n012,1,\n')
    const answer = await ask<{ sampled: number; ours: number; slower: number }>(`
      const many = new dfd.DataFrame(Array.from({ length: 10000 }, (_, i) => [i]), { columns: ['i'] })
      const frame = await open(Array.from({ length: 10000 }, (_, i) => ({ i })))
      let [sampled, ours] = [0, 0]
      for (let seed = 1; seed <= 100; seed++) {
        sampled = Math.max(sampled, ...(await many.sample(5, { seed })).index)
        ours = Math.max(ours, ...(await frame.sample({ rows: 5, seed }).toArray()).map(({ i }) => i))
      }
      const time = (rows) => {
        const df = new dfd.DataFrame(Array.from({ length: rows }, (_, i) => [(i * 7919) % rows]), { columns: ['i'] })
        const began = process.cpuUsage()
        df.sortValues('i')
        return process.cpuUsage(began).user
      }
      const small = Math.min(time(10000), time(10000), time(10000))
      const gaps = new dfd.DataFrame([['a', 10], ['a', null], ['a', 20]], { columns: ['k', 'x'] })
      const read = await dfd.readCSV('zeros.csv')
      return { sampled, ours, slower: time(80000) / small, describe: await thrown(() => gaps.describe()),
        mean: gaps.groupby(['k']).col(['x']).mean().values, csv: read.values, dtypes: read.dtypes }`)
    expect(answer).toMatchObject({
      describe: 'Cannot calculate mean, unexpected type of argument (type: null, value: null)',
      mean: [['a', 10]],
      csv: [
        [7, '12345678901234567890', 1],
        [12, 1, null],
      ],
      dtypes: ['int32', 'int32', 'float32'],
    })
    expect(answer.sampled).toBeLessThan(20)
    expect(answer.ours).toBeGreaterThan(9900)
    // Eight times the rows: 64 for a quadratic sort, 10 for a good one.
    expect(answer.slower).toBeGreaterThan(20)
  })
})
