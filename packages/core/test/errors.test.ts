import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { coreErrors } from '../src/codes.ts'
import { DayshiftError, errorsOf, isDayshiftError, messageOf, systemCode } from '../src/errors.ts'

const failure = errorsOf({ DS_LIMIT: { kind: 'usage', meaning: 'A limit is below zero.', hint: 'Give 0 or more.' } })

test('an error has the code, kind and hint of its table', () => {
  const error = failure('DS_LIMIT', 'limit is -1')
  expect(error).toBeInstanceOf(DayshiftError)
  expect([error.name, error.message, error.code, error.kind, error.hint, error.where, error.cause]).toEqual([
    'DayshiftError',
    'limit is -1',
    'DS_LIMIT',
    'usage',
    'Give 0 or more.',
    undefined,
    undefined,
  ])
})

test('the place that throws may know a better hint, a place and a cause', () => {
  const cause = new Error('beneath')
  const error = failure('DS_LIMIT', 'limit is -1', { hint: 'Leave it out.', where: 'a.ts:3', cause })
  expect([error.hint, error.where, error.cause]).toEqual(['Leave it out.', 'a.ts:3', cause])
})

test('an error of another copy of the package is one too, an error that looks like it is not', () => {
  const other = Object.assign(new Error('x'), { name: 'DayshiftError', code: 'DS_X', hint: 'y' })
  expect(isDayshiftError(other)).toBe(true)
  expect(isDayshiftError(failure('DS_LIMIT', 'x'))).toBe(true)
  expect(isDayshiftError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false)
  expect(isDayshiftError({ name: 'DayshiftError', code: 'DS_X', hint: 'y' })).toBe(false)
})

test('codes of the system and messages of any thrown value', () => {
  let thrown: unknown
  try {
    readFileSync('/no/such/file')
  } catch (error) {
    thrown = error
  }
  expect(systemCode(thrown)).toBe('ENOENT')
  expect([systemCode(new Error('x')), systemCode('ENOENT'), systemCode(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect([messageOf(new Error('x')), messageOf('y'), messageOf(undefined)]).toEqual(['x', 'y', 'undefined'])
})

test('every code says what it means and what to do', () => {
  for (const [code, { kind, meaning, hint }] of Object.entries(coreErrors)) {
    expect(code).toMatch(/^DS_[A-Z_]+$/)
    expect(['usage', 'failed']).toContain(kind)
    expect([meaning, hint]).toEqual([expect.stringMatching(/^[A-Z].*\.$/), expect.stringMatching(/^\S.*\.$/)])
  }
})
