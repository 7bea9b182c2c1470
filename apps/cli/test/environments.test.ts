import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { inEnvironment } from '../src/environments.ts'

const base = {
  name: 'p',
  datasets: { a: { source: 'a.csv', tags: { tier: 'gold' }, owners: ['x', 'y'], drift: { reference: 'previous' } } },
}

test('objects are laid over key by key; lists, and steps that are turned off, are replaced', () => {
  const environments = {
    ci: { datasets: { a: { tags: { at: 'ci' }, owners: ['z'], drift: false }, b: { source: 'b.csv' } } },
  }
  expect(inEnvironment({ ...base, environments }, 'ci')).toEqual({
    name: 'p',
    datasets: {
      a: { source: 'a.csv', tags: { tier: 'gold', at: 'ci' }, owners: ['z'], drift: false },
      b: { source: 'b.csv' },
    },
  })
  expect(inEnvironment({ ...base, environments }, undefined)).toEqual(base)
})

test('a contract is replaced whole, and stays the one that it was', () => {
  const contract = { columns: z.object({ b: z.int() }) }
  const first = {
    ...base,
    datasets: { a: { source: 'a.csv', contract: { columns: z.object({ a: z.int() }), rows: { min: 1 } } } },
  }
  const laid = inEnvironment({ ...first, environments: { ci: { datasets: { a: { contract } } } } }, 'ci')
  expect((laid as typeof first).datasets.a.contract).toBe(contract)
})

test('an environment that says nothing changes nothing; what is there is not changed itself', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue())
  fc.assert(
    fc.property(json, json, (one, over) => {
      const definition = { ...one, environments: { e: over, none: {} } }
      const before = structuredClone(definition)
      expect(inEnvironment(definition, 'none')).toEqual(inEnvironment(definition, undefined))
      inEnvironment(definition, 'e')
      expect(definition).toEqual(before)
    }),
  )
})

test('an environment that is none is told with those that there are', () => {
  const definition = { ...base, environments: { staging: {}, ci: {} } }
  expect(() => inEnvironment(definition, 'stagin')).toThrow(/no environment 'stagin'/)
  expect(() => inEnvironment(base, 'ci')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('none at all') }),
  )
})
