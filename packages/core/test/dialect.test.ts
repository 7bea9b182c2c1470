import { expect, test } from 'vitest'
import { duckdbDialect } from '../src/dialect.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'

test('every type of the engine has its word', async () => {
  const engine = await createDuckdb({ threads: 1 })
  try {
    const values: Record<string, string> = {
      boolean: 'true',
      integer: '1::HUGEINT',
      integer_2: '1::UTINYINT',
      integer_3: '1::BIGINT',
      decimal: '1::DECIMAL(18, 3)',
      float: '1::FLOAT',
      float_2: '1::DOUBLE',
      string: "'x'",
      string_2: "'a'::ENUM('a', 'b\nc[]')",
      date: "DATE '2024-01-01'",
      time: "TIME '10:00:00'",
      time_2: "TIMETZ '10:00:00+02'",
      timestamp: "TIMESTAMP '2024-01-01 00:00:00'",
      timestamp_2: "TIMESTAMP_NS '2024-01-01 00:00:00'",
      timestamptz: "TIMESTAMPTZ '2024-01-01 00:00:00Z'",
      interval: 'INTERVAL 1 DAY',
      binary: "'x'::BLOB",
      uuid: 'uuid()',
      json: `'{"a": 1}'::JSON`,
      list: '[1]',
      list_2: '[1]::INTEGER[1]',
      list_3: "[{'a': 1}]",
      struct: "{'a': [1]}",
      map: "MAP {'a': 1}",
      unknown: 'union_value(a := 1)',
    }
    const list = Object.entries(values).map(([name, value]) => `${value} AS ${name}`)
    const rows = await engine.query(`DESCRIBE SELECT ${list.join(', ')}`)
    const found = rows.map(({ column_name: name, column_type: type }) => [name, duckdbDialect.columnType(String(type))])
    expect(found).toEqual(Object.keys(values).map((name) => [name, name.replace(/_\d$/, '')]))
  } finally {
    await engine.close()
  }
})
