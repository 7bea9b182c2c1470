import { z } from 'zod'

const Limit = z.union([z.number(), z.string()])

const Quality = z.looseObject({
  type: z.string().default('library'),
  metric: z.string().optional(),
  /** What `metric` was called before 3.1. */
  rule: z.string().optional(),
  name: z.string().optional(),
  arguments: z.record(z.string(), z.unknown()).default({}),
  unit: z.string().default('rows'),
  severity: z.string().optional(),
  mustBe: z.unknown().optional(),
  mustBeGreaterThan: z.number().optional(),
  mustBeGreaterOrEqualTo: z.number().optional(),
  mustBeLessThan: z.number().optional(),
  mustBeLessOrEqualTo: z.number().optional(),
  mustBeBetween: z.tuple([z.number(), z.number()]).optional(),
})
/** A check of quality. */
export type Quality = z.infer<typeof Quality>

const Property = z.looseObject({
  name: z.string(),
  logicalType: z.string().optional(),
  physicalType: z.string().optional(),
  physicalName: z.string().optional(),
  logicalTypeOptions: z
    .looseObject({
      minLength: z.number().optional(),
      maxLength: z.number().optional(),
      pattern: z.string().optional(),
      format: z.string().optional(),
      minimum: Limit.optional(),
      maximum: Limit.optional(),
      /** A limit, or before 3.1 whether the other one is. */
      exclusiveMinimum: z.union([Limit, z.boolean()]).optional(),
      exclusiveMaximum: z.union([Limit, z.boolean()]).optional(),
      multipleOf: z.number().optional(),
    })
    .default({}),
  required: z.boolean().default(false),
  unique: z.boolean().default(false),
  primaryKey: z.boolean().default(false),
  description: z.string().optional(),
  classification: z.string().optional(),
  relationships: z.array(z.looseObject({ to: z.unknown() })).default([]),
  quality: z.array(Quality).default([]),
})
/** A column of a table. */
export type Property = z.infer<typeof Property>

const SchemaObject = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  properties: z.array(Property).default([]),
  relationships: z.array(z.unknown()).default([]),
  quality: z.array(Quality).default([]),
})

/** The form of a data contract of the Open Data Contract Standard, version 3. */
export const DataContract = z.looseObject({
  apiVersion: z.string().regex(/^v3\./, 'only version 3 of the standard is read'),
  kind: z.literal('DataContract'),
  schema: z.array(SchemaObject).min(1),
})
export type DataContract = z.infer<typeof DataContract>

/** Forms of texts, by Zod's names. */
export const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  uri: 'url',
  hostname: 'hostname',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  byte: 'base64',
}
