import { open } from '@dayshift/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { asContract } from '../src/contract.ts'
import { planChecks } from '../src/plan.ts'

const ROW = { n: 1.5, i: 1, t: 'a', b: true, d: new Date(0) }

test.each<[string, keyof typeof ROW, z.ZodType]>([
  ['sql', 'n', z.number().min(0).lt(3)],
  ['sql', 'i', z.int().positive().nullable()],
  ['guarded', 't', z.string().min(1)],
  ['guarded', 't', z.string().max(3).optional()],
  ['guarded', 't', z.string().length(2, 'two')],
  ['guarded', 't', z.string().nonempty().startsWith('a').endsWith('b').includes('c')],
  ['guarded', 't', z.string().regex(/^a+$/).readonly()],
  ['guarded', 't', z.email()],
  ['guarded', 't', z.iso.date()],
  ['guarded', 't', z.enum(['a', 'b'])],
  ['guarded', 't', z.literal('a')],
  ['guarded', 'b', z.boolean()],
  ['guarded', 'd', z.date()],
  ['distinct', 't', z.string().trim()],
  ['distinct', 't', z.string().regex(/(?=a)/)],
  ['distinct', 't', z.string().min(Number.POSITIVE_INFINITY)],
  ['distinct', 'n', z.number().multipleOf(0.5)],
  ['distinct', 'n', z.number().max(Number.NaN)],
  ['distinct', 't', z.string().refine((text) => text !== 'x')],
])('runs as %s: a column %s that is %#', async (runAs, name, schema) => {
  const frame = await open([ROW])
  const plan = planChecks(asContract(z.object({ [name]: schema })), frame, await frame.schema())
  expect(plan.columns.map((column) => column.runAs)).toEqual([runAs])
})
