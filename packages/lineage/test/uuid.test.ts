import { expect, test } from 'vitest'
import { uuidv7 } from '../src/uuid.ts'

test('an id has version 7, variant 10 and the time in its first 48 bits', () => {
  const ms = Date.now() + 1000
  const id = uuidv7(ms)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(ms)
})

test('ids grow, within a millisecond and when the clock steps back', () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => uuidv7(Date.now() - (at % 3)))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})
