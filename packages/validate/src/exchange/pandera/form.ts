import { z } from 'zod'

const Column = z.looseObject({
  description: z.string().nullish(),
  title: z.string().nullish(),
  dtype: z.string().nullish(),
  nullable: z.boolean().nullish(),
  unique: z.boolean().nullish(),
  coerce: z.boolean().nullish(),
  required: z.boolean().nullish(),
  regex: z.boolean().nullish(),
  default: z.unknown().optional(),
})

/** The form of a schema file of Pandera. */
export const PanderaSchema = z.looseObject({
  schema_type: z.string().default('dataframe'),
  columns: z
    .union([
      z.record(z.string(), Column.nullable()),
      z.array(Column.extend({ name: z.union([z.string(), z.number()]) })),
    ])
    .nullish(),
  checks: z.unknown().optional(),
  index: z.array(Column.extend({ name: z.string().nullish() })).nullish(),
  dtype: z.string().nullish(),
  coerce: z.boolean().nullish(),
  strict: z.union([z.boolean(), z.literal('filter')]).nullish(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  description: z.string().nullish(),
  ordered: z.boolean().nullish(),
  unique: z.union([z.string(), z.array(z.string()), z.array(z.array(z.string())), z.literal(false)]).nullish(),
  add_missing_columns: z.boolean().nullish(),
  drop_invalid_rows: z.boolean().nullish(),
})
export type PanderaSchema = z.infer<typeof PanderaSchema>
/** A column of a schema, or a level of its index. */
export type PanderaColumn = z.infer<typeof Column>
