import { sql, type Frame } from '@dayshift/core'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { defineProject } from '../src/define-project.ts'

test('a project is given back as it is, with its functions typed', () => {
  const contract = z.object({ temp: z.number().nullable() })
  const project = defineProject({
    name: 'airports',
    datasets: {
      weather: {
        source: 'data/weather.csv',
        contract,
        prototype: {
          etl: (frame) => {
            expectTypeOf(frame).toEqualTypeOf<Frame>()
            return frame.derive({ celsius: sql`(temp - 32) * 5 / 9` }).dropNulls('celsius')
          },
        },
        version: false,
        drift: {
          reference: 'previous',
          correction: 'bh',
          detectors: ['ks:0.2', { name: 'mine', fits: () => true, test: () => undefined }],
          overrides: { temp: { alpha: 0.01, minEffect: 0.1 } },
        },
      },
    },
  })
  expect(project.datasets['weather']?.contract).toBe(contract)
  // @ts-expect-error -- a dataset needs a source
  defineProject({ name: 'a', datasets: { b: {} } })
  // @ts-expect-error -- a number has no name
  defineProject({ name: 'a', datasets: { b: { source: 'c', drift: { reference: 'd', detectors: [3] } } } })
  // @ts-expect-error -- a key that is none
  defineProject({ name: 'a', datasets: { b: { source: 'c', freshnes: {} } } })
})
