import assert from 'node:assert/strict'
import type { ConformanceTest } from './conformance-test.ts'
import type { Engine } from './engine.ts'
import { isDayshiftError } from './errors.ts'
import { ident, literal } from './sql.ts'

export type { ConformanceTest }
export { sinkConformance, type FarSide, type SinkUnderTest } from './sinks/conformance.ts'

/** Whole numbers from 0 to 99 999 as SQL that every engine understands, as the column `n`. */
const MANY = ['a', 'b', 'c', 'd', 'e'].reduce(
  (from, name, at) =>
    `${from}${at > 0 ? ' CROSS JOIN ' : ''}(VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) AS ${name}(x)`,
  'SELECT a.x + 10 * b.x + 100 * c.x + 1000 * d.x + 10000 * e.x AS n FROM ',
)

/** A query that no machine finishes. */
const ENDLESS = `SELECT count(*) AS c FROM (${MANY}) AS p, (${MANY}) AS q, (${MANY}) AS r WHERE p.n * q.n % 7 = r.n % 5`

/**
 * What every {@link Engine} must do, as tests for any test runner. Each makes an engine and closes it.
 *
 * @param make gives a new engine
 * @example
 * for (const { name, run } of engineConformance(createDuckdb)) test(name, run)
 */
export function engineConformance(make: () => Promise<Engine>): readonly ConformanceTest[] {
  const tests: Record<string, (engine: Engine) => Promise<void>> = {
    'a query gives its rows as objects': async (engine) => {
      assert.deepEqual(await engine.query("SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, NULL ORDER BY a"), [
        { a: 1, b: 'x' },
        { a: 2, b: null },
      ])
      assert.deepEqual(await engine.query('SELECT 1 AS a WHERE 1 = 0'), [])
    },

    'a stream gives all rows in their order, in batches': async (engine) => {
      let next = 0
      let batches = 0
      for await (const { names, rows, columns } of engine.stream(`${MANY} ORDER BY n`)) {
        assert.deepEqual(names, ['n'])
        assert.equal(columns.length, 1)
        assert.equal(columns[0]?.length, rows)
        for (let at = 0; at < rows; at++) assert.equal(columns[0]?.[at], next++)
        batches++
      }
      assert.equal(next, 100_000)
      assert.ok(batches > 1, 'a large result comes in more than one batch')
    },

    'a stream that is left early ends': async (engine) => {
      for await (const { rows } of engine.stream(MANY)) {
        assert.ok(rows > 0)
        break
      }
      assert.deepEqual(await engine.query('SELECT 1 AS a'), [{ a: 1 }])
    },

    'a query that fails after its first rows is an error, not an end': async (engine) => {
      // Wide rows, so that the first are given before the last is computed.
      const wide = Array.from({ length: 40 }, (_, at) => `CAST(n + ${at} AS DOUBLE) AS c${at}`).join(', ')
      const broken = `CAST(CASE WHEN n = 99999 THEN 'x' ELSE '1' END AS INTEGER) AS v`
      for (const text of [`SELECT ${broken}, ${wide} FROM (${MANY}) AS m`, `SELECT ${broken} FROM (${MANY}) AS m`]) {
        await assert.rejects(engine.query(text), hasCode('DS_QUERY'))
        const reading = async (): Promise<void> => {
          for await (const { rows } of engine.stream(text)) assert.ok(rows > 0)
        }
        await assert.rejects(reading(), hasCode('DS_QUERY'))
      }
    },

    'a scan, where there is one, hands on all doubles and tells missing ones; what the function throws ends it': async (
      engine,
    ) => {
      if (!engine.scan) return
      const text = `SELECT CASE WHEN n % 3 = 0 THEN NULL ELSE CAST(n AS DOUBLE) END, CAST(n AS DOUBLE) FROM (${MANY}) AS m`
      const sums = [0, 0]
      let missing = 0
      await engine.scan(text, ({ rows, columns, missing: absent }) => {
        for (const [at, values] of columns.entries()) {
          assert.equal(values.length, rows)
          for (const value of values) sums[at] = (sums[at] as number) + (Number.isNaN(value) ? 0 : value)
        }
        missing += absent[0] as number
        assert.equal(absent[1], 0)
      })
      assert.deepEqual([...sums, missing], [3_333_266_667, 4_999_950_000, 33_334])
      const boom = new Error('boom')
      const throws = (): void => {
        throw boom
      }
      await assert.rejects(engine.scan(text, throws), (error) => error === boom)
      const broken = `SELECT CAST(CASE WHEN n = 99999 THEN 'x' ELSE '1' END AS DOUBLE) FROM (${MANY}) AS m`
      await assert.rejects(
        engine.scan(broken, () => undefined),
        hasCode('DS_QUERY'),
      )
      let rest = 0
      await engine.scan('SELECT CAST(1 AS DOUBLE) WHERE 1 = 0', ({ rows }) => {
        rest += rows
      })
      assert.equal(rest, 0)
      const signal = AbortSignal.timeout(50)
      await assert.rejects(
        engine.scan(`SELECT CAST(c AS DOUBLE) FROM (${ENDLESS}) AS e`, () => undefined, { signal }),
        hasCode('DS_ABORTED'),
      )
      assert.deepEqual(await engine.query('SELECT 1 AS a'), [{ a: 1 }])
    },

    'two streams run at once': async (engine) => {
      const sums = [engine.stream(MANY), engine.stream(MANY)].map(async (stream) => {
        let sum = 0
        for await (const { columns } of stream) for (const value of Array.from(columns[0] ?? [])) sum += Number(value)
        return sum
      })
      assert.deepEqual(await Promise.all(sums), [4_999_950_000, 4_999_950_000])
    },

    'values come out as Batch says': async (engine) => {
      const values: readonly (readonly [string, unknown])[] = [
        ['CAST(NULL AS INTEGER)', null],
        ['1 = 1', true],
        ['CAST(9007199254740991 AS BIGINT)', 9_007_199_254_740_991],
        ['CAST(9007199254740993 AS BIGINT)', 9_007_199_254_740_993n],
        ['CAST(-9007199254740993 AS BIGINT)', -9_007_199_254_740_993n],
        ['CAST(0.1 AS DOUBLE)', 0.1],
        ['CAST(4.35 AS DECIMAL(15, 2))', 4.35],
        ['CAST(1234567890123456.78 AS DECIMAL(18, 2))', '1234567890123456.78'],
        ["CAST('1969-12-31' AS DATE)", new Date(-86_400_000)],
        ["CAST('1969-12-31 23:59:59.999' AS TIMESTAMP)", new Date(-1)],
        ["CAST('10:20:30' AS TIME)", '10:20:30'],
        ["'Ü😀'", 'Ü😀'],
        [literal(Uint8Array.of(0, 39, 255)).text, Uint8Array.of(0, 39, 255)],
      ]
      const [row] = await engine.query(`SELECT ${values.map(([sql], at) => `${sql} AS c${at}`).join(', ')}`)
      for (const [at, [sql, value]] of values.entries()) assert.deepEqual(row?.[`c${at}`], value, sql)
    },

    'names and values go in and come out whatever they hold': async (engine) => {
      for (const text of [`O'Brien "x"`, '\\', '', ' ', 'a\nb\r\n', '😀', '--', '/* */', ';', '$1', '?']) {
        const name = ident(`n${text}`).text
        const rows = await engine.query(`SELECT ${name} FROM (SELECT ${literal(text).text} AS ${name}) AS t`)
        assert.deepEqual(rows, [{ [`n${text}`]: text }])
      }
      const numbers = [0.1, -0, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53, Number.MIN_VALUE, -7]
      const [row] = await engine.query(`SELECT ${numbers.map((n, at) => `${literal(n).text} AS c${at}`).join(', ')}`)
      assert.deepEqual(Object.values(row ?? {}), numbers)
    },

    'names and types of a query can be asked for': async (engine) => {
      const query = { ...literal(0), text: "SELECT 1 AS a, 'x' AS b" }
      const rows = await engine.query(engine.dialect.describe(query).text)
      assert.deepEqual(
        rows.map(({ column_name, column_type }) => [column_name, engine.dialect.columnType(String(column_type))]),
        [
          ['a', 'integer'],
          ['b', 'string'],
        ],
      )
    },

    'an aborted query stops at once, and the engine works afterwards': async (engine) => {
      for (const wait of [undefined, 0, 100]) {
        const controller = new AbortController()
        const running = engine.query(ENDLESS, { signal: controller.signal })
        if (wait === undefined) controller.abort()
        else setTimeout(() => controller.abort(), wait)
        const begun = Date.now()
        await assert.rejects(running, hasCode('DS_ABORTED'))
        assert.ok(Date.now() - begun < 5000, 'it stops within seconds')
        assert.deepEqual(await engine.query('SELECT 1 AS a'), [{ a: 1 }])
      }
      await assert.rejects(engine.query('SELECT 1 AS a', { signal: AbortSignal.abort() }), hasCode('DS_ABORTED'))
    },

    'an aborted stream gives no more rows': async (engine) => {
      const controller = new AbortController()
      let batches = 0
      const reading = async (): Promise<void> => {
        for await (const { rows } of engine.stream(MANY, { signal: controller.signal })) {
          batches += Math.sign(rows)
          controller.abort()
        }
      }
      await assert.rejects(reading(), hasCode('DS_ABORTED'))
      assert.equal(batches, 1)
    },

    'a query that cannot be is an error with a code and the cause': async (engine) => {
      await assert.rejects(engine.query('SELEC 1'), hasCode('DS_QUERY'))
      await assert.rejects(engine.query('SELECT nowhere FROM (SELECT 1 AS here) AS t'), hasCode('DS_COLUMN_UNKNOWN'))
      await assert.rejects(engine.query("SELECT CAST('x' AS INTEGER) AS a"), hasCode('DS_QUERY'))
      assert.deepEqual(await engine.query('SELECT 1 AS a'), [{ a: 1 }])
    },

    'a closed engine runs nothing': async (engine) => {
      await engine.close()
      await assert.rejects(engine.query('SELECT 1 AS a'))
    },
  }
  return Object.entries(tests).map(([name, run]) => ({
    name,
    run: async () => {
      const engine = await make()
      try {
        await run(engine)
      } finally {
        await engine.close()
      }
    },
  }))
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isDayshiftError(error), String(error))
    assert.equal(error.code, code, error.message)
    return true
  }
}
