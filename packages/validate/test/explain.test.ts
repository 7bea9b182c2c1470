import { open } from '@dayshift/core'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { column, defineContract, explainPlan, planRun } from '../src/index.ts'
import { newFolder } from './folder.ts'

const { folder, table } = newFolder()
const CSV = 'id,t\n1,a\n2,b\n'

/** How a text column is judged, and why. */
async function told(schema: z.ZodType, missing?: string[], content = CSV): Promise<string> {
  const contract = defineContract({ columns: { t: column(schema, missing ? { missing } : {}) } })
  const lines = explainPlan(await planRun(await table(content), contract))
  return lines.at(-1)?.replaceAll(/ +/g, ' ') ?? ''
}

test.each<[z.ZodType, string]>([
  [
    z.string().refine((text) => text !== ''),
    'distinct not_null, type, refine (Zod judges each different value once: its refinements are code)',
  ],
  [z.string().trim().min(1), 'its texts are changed before they are checked'],
  [z.union([z.int(), z.string()]).nullable(), 'z.union is known to Zod alone'],
  [z.coerce.number(), 'z.coerce.number is known to Zod alone'],
  [z.string().default('x'), 'z.default is known to Zod alone'],
  [z.number().multipleOf(0.5), 'multiple_of 0.5 is known to Zod alone'],
  [
    z
      .string()
      .regex(/a/)
      .regex(/(?=a)b/),
    'matches /(?=a)b/ is known to Zod alone',
  ],
  [z.literal([1, 'a']), 'not all values that it lists are texts'],
])('what keeps a column from running faster is told: %#', async (schema, why) => {
  expect(await told(schema)).toContain(why)
})

test('so is what keeps cells from being judged by their bytes', async () => {
  expect(await told(z.string().min(2))).toContain('t bytes not_null')
  expect(await told(z.string().min(200))).toMatch(/t guarded .*not by bytes: length >= 200 is known to Zod alone\)$/)
  expect(await told(z.number().min(1), ['99'])).toMatch(/not by bytes: what means "no value" looks like one\)$/)
  const packed = join(folder, 'packed.csv.gz')
  writeFileSync(packed, gzipSync(CSV))
  const lines = explainPlan(await planRun(await open(packed), z.object({ t: z.string().min(2) })))
  expect(lines.at(-1)).toMatch(/t +guarded .*not by bytes: the file is compressed\)$/)
  expect(await told(z.string().min(2), undefined, 't\na\n')).toContain('where there is one column only')
})

test('checks that names and types answer are told, and those among them that fail', async () => {
  const contract = defineContract({
    columns: { n: column(z.string(), { physicalType: 'BIGINT' }), m: z.int(), gone: z.any() },
    extra: 'forbid',
    ordered: true,
  })
  const lines = explainPlan(await planRun(await open([{ m: 1, n: 'a', other: 2 }]), contract))
  expect(lines.slice(0, 5)).toEqual([
    'columns  metadata  column_present: n, m  (names and types tell)',
    "n        metadata  physical_type  (names and types tell; it fails: the column 'n' is stored as VARCHAR, not as BIGINT)",
    "gone     metadata  column_present  (names and types tell; it fails: the data has no column 'gone')",
    "other    metadata  no_extra_column  (names and types tell; it fails: the contract does not name the column 'other', and forbids others)",
    "n        metadata  column_order  (names and types tell; it fails: the columns stand in another order: 'm' where the contract has 'n')",
  ])
  expect(lines.at(-2)).toMatch(/^n +guarded/)
})
