import { z } from 'zod'

const Names = z
  .union([z.string(), z.array(z.string())])
  .transform((names) => (typeof names === 'string' ? [names] : names))
const Missing = z.array(z.union([z.string(), z.looseObject({ value: z.string() }).transform(({ value }) => value)]))
const Limit = z.union([z.number(), z.string()])

const Constraints = z.looseObject({
  required: z.boolean().optional(),
  unique: z.boolean().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: Limit.optional(),
  maximum: Limit.optional(),
  exclusiveMinimum: Limit.optional(),
  exclusiveMaximum: Limit.optional(),
  pattern: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
})
/** What a value must be. */
export type Constraints = z.infer<typeof Constraints>

const Field = z.looseObject({
  name: z.string(),
  type: z.string().default('string'),
  format: z.string().default('default'),
  title: z.string().optional(),
  description: z.string().optional(),
  missingValues: Missing.optional(),
  trueValues: z.array(z.string()).min(1).optional(),
  falseValues: z.array(z.string()).min(1).optional(),
  constraints: Constraints.default({}),
})
/** A column of a table. */
export type Field = z.infer<typeof Field>

/** The form of a Table Schema of Frictionless Data, of its first and its second version. */
export const TableSchema = z.looseObject({
  fields: z.array(Field),
  name: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  fieldsMatch: z
    .union([z.string(), z.array(z.string()).transform(([first]) => first)])
    .default('exact')
    .pipe(z.enum(['exact', 'equal', 'subset', 'superset', 'partial'])),
  primaryKey: Names.optional(),
  uniqueKeys: z.array(Names).default([]),
  foreignKeys: z
    .array(
      z.looseObject({ fields: Names, reference: z.looseObject({ resource: z.string().default(''), fields: Names }) }),
    )
    .default([]),
  missingValues: Missing.optional(),
})
export type TableSchema = z.infer<typeof TableSchema>
