import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineContract } from '../src/contract.ts'
import { declaredColumns } from '../src/declared.ts'

test('a column is nullable where a row may lack its value; it has the description of its schema', () => {
  const contract = defineContract(
    z.object({
      id: z.int().positive(),
      age: z.number().nullable().describe('in years'),
      name: z.string().optional(),
      code: z.string().default('x'),
      note: z.string().meta({ description: 'free text' }),
    }),
  )
  expect(declaredColumns(contract)).toEqual([
    { name: 'id', nullable: false },
    { name: 'age', nullable: true, description: 'in years' },
    { name: 'name', nullable: true },
    { name: 'code', nullable: true },
    { name: 'note', nullable: false, description: 'free text' },
  ])
})
