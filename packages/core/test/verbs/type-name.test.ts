import { expect, test } from 'vitest'
import { typeName } from '../../src/verbs/type-name.ts'

test.each([
  'BIGINT',
  'DECIMAL(18, 3)',
  'TIMESTAMP WITH TIME ZONE',
  'INTEGER[]',
  'INTEGER[3][]',
  'MAP(VARCHAR, DOUBLE[])',
  'STRUCT("a b" INTEGER)',
  'STRUCT("ü)" INTEGER, b STRUCT(c DATE))[]',
  `STRUCT("say ""x""" TEXT)`,
  `ENUM('a)', 'b''c')`,
])('%s is a type', (type) => {
  expect(typeName(type, 'cast')).toBe(type)
})

test.each([
  '',
  ' INT',
  '1',
  'INT)',
  'INT) --',
  'INT; DROP TABLE x',
  'INT) AS x, (SELECT 1',
  'STRUCT(a INT',
  'STRUCT("a INTEGER)',
  'STRUCT(a INT)) (',
  'F(x)(y)',
  'INT /* */',
  `ENUM('a' || 'b')`,
  'INT[a]',
  'STRUCT("a\0" INT)',
  'INT, b',
])('%j is none', (type) => {
  expect(() => typeName(type, 'cast')).toThrow(
    expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED', message: `cast: '${type}' is not the name of a type` }),
  )
})
