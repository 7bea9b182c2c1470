import { z } from 'zod'

const Property = z.union([
  z.boolean().transform((): Record<string, unknown> => ({})),
  z.record(z.string(), z.unknown()),
])

/** The form of a JSON Schema of one row. */
export const RowSchema = z.looseObject({
  properties: z.record(z.string(), Property),
  patternProperties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
  additionalProperties: z.unknown().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  'x-primaryKey': z.array(z.string()).default([]),
  'x-unique': z.array(z.array(z.string())).default([]),
})
export type RowSchema = z.infer<typeof RowSchema>

/** A JSON Schema of rows: of one, or of a list of them. */
export const JsonSchema = z.union([
  RowSchema,
  z
    .looseObject({ type: z.literal('array'), items: RowSchema })
    .transform(({ items, ...rest }) => ({ ...rest, ...items })),
])
