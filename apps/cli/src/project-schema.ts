import { parseFraction, parseSize } from '@dayshift/core'
import { nearest } from '@dayshift/core/ground'
import { readReference, type Detector } from '@dayshift/monitor'
import { isContract } from '@dayshift/validate'
import { z } from 'zod'
import type { ProjectDefinition } from './define-project.ts'
import { freshness } from './freshness/schema.ts'
import { circleOf } from './run/order.ts'
import { duration, unit } from './unit-schema.ts'

const off = z.literal(false)
const text = z.string().min(1)

const columns = text.or(z.array(text).min(1))
const time = text.or(z.date())

/** What can be set for all columns of a drift comparison, and for one. */
const driftLimits = {
  detectors: z
    .array(
      text.or(
        z.custom<Detector>((value) => typeof (value as Partial<Detector> | null)?.test === 'function', 'detector'),
      ),
    )
    .min(1)
    .optional(),
  alpha: z.number().gt(0).lt(1).optional(),
  minEffect: z.number().min(0).optional(),
}

/** A path, a version, or a rule. */
const reference = text.refine(
  (word) => {
    try {
      readReference(word)
      return true
    } catch {
      return false
    }
  },
  {
    error: ({ input }) =>
      `'${String(input)}' names no reference: write previous, rolling:7, same-weekday:4, year-ago, a path or @VERSION`,
  },
)

/** A dataset of a project file. */
export const dataset = z.strictObject({
  source: text,
  description: z.string().optional(),
  owners: z.array(text).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  links: z.array(z.strictObject({ url: z.url(), title: text.optional() })).optional(),
  properties: z.record(z.string(), z.string()).optional(),
  inputs: z.array(text).min(1).optional(),
  format: z.enum(['csv', 'json', 'jsonl', 'parquet', 'arrow']).optional(),
  csv: z
    .strictObject({
      delimiter: text.optional(),
      quote: text.optional(),
      escape: text.optional(),
      comment: text.optional(),
      header: z.boolean().optional(),
      names: z.array(text).min(1).optional(),
      skip: z.int().min(0).optional(),
      encoding: text.optional(),
      badLines: z
        .enum(['error', 'skip'])
        .or(z.strictObject({ quarantine: text }))
        .optional(),
      nulls: z.array(z.string()).optional(),
      types: z.record(z.string(), text).optional(),
    })
    .optional(),
  prototype: off
    .or(
      z.strictObject({
        fraction: unit(parseFraction, 'fraction: write 0.01 or 1%').optional(),
        rows: z.int().min(1).optional(),
        seed: z.int().optional(),
        method: z.enum(['random', 'head', 'blocks']).optional(),
        key: columns.optional(),
        stratify: columns.optional(),
        minPerStratum: z.int().min(0).optional(),
        weight: text.optional(),
        window: z
          .strictObject({
            column: text,
            last: text.and(duration).optional(),
            from: time.optional(),
            to: time.optional(),
          })
          .optional(),
        edges: z.boolean().optional(),
        etl: z.custom((value) => typeof value === 'function', 'expected a function (frame) => frame').optional(),
        out: text.optional(),
      }),
    )
    .optional(),
  contract: z.custom(isContract, 'expected z.object({ … }) or defineContract({ … })').optional(),
  version: off.or(z.strictObject({ commit: z.boolean().optional(), message: text.optional() })).optional(),
  register: off.optional(),
  log: off
    .or(
      z
        .strictObject({
          origin: text.optional(),
          job: text.optional(),
          sql: text.optional(),
          inputs: z.record(text, text).optional(),
        })
        .refine(
          ({ sql, inputs }) => inputs === undefined || sql !== undefined,
          'inputs are tables of sql, which is missing',
        ),
    )
    .optional(),
  freshness: off.or(freshness).optional(),
  drift: off
    .or(
      z.strictObject({
        reference,
        timezone: text.optional(),
        tolerance: duration.optional(),
        learn: z
          .boolean()
          .or(z.strictObject({ alpha: unit(parseFraction, 'share: write 5% or 0.05') }))
          .optional(),
        columns: z.array(text).min(1).optional(),
        ...driftLimits,
        overrides: z.record(z.string(), z.strictObject(driftLimits)).optional(),
        correction: z.enum(['none', 'bonferroni', 'holm', 'bh', 'by']).optional(),
        minShare: z.number().gt(0).max(1).optional(),
        correlations: z.boolean().optional(),
        classifier: z.boolean().optional(),
        by: text.optional(),
      }),
    )
    .optional(),
})

const engine = z.strictObject({
  memory: unit(parseSize, 'size: write 500MB or 2GB').optional(),
  threads: z.int().min(1).max(1024).optional(),
  temp: text.optional(),
})

/** A project file, but for what is laid over it. */
export const project = z.strictObject({
  name: text,
  engine: engine.optional(),
  // What is wrong with them is looked for apart, by sinkProblems.
  alerts: z.unknown().optional(),
  sinks: z.unknown().optional(),
  datasets: z.record(text, dataset),
})

/**
 * Everything that is wrong with what a project file exports.
 *
 * @returns one line a mistake: its place, and what is expected there
 */
export function projectProblems(definition: unknown): string[] {
  if (definition === undefined) return ['it has no default export; end it with export default defineProject({ … })']
  const result = project.safeParse(definition)
  if (result.success) {
    const circle = circleOf((definition as ProjectDefinition).datasets)
    return circle ? [`datasets.${circle[0]}.inputs: ${circle.join(' is made of ')}`] : []
  }
  return result.error.issues.flatMap((issue) => linesOf(issue, issue.path))
}

function linesOf(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string[] {
  const place = path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, keysAt(path))
      return `${place === '' ? '' : `${place}.`}${key}: no such key${near === undefined ? '' : `; did you mean '${near}'?`}`
    })
  }
  if (issue.code === 'invalid_union') {
    // A step is `false` or an object; what is wrong within the object says more than that it is not false.
    const inner = issue.errors.find((list) =>
      list.every(({ path: deeper, code }) => deeper.length > 0 || code === 'unrecognized_keys'),
    )
    if (inner && inner.length > 0) return inner.flatMap((deeper) => linesOf(deeper, [...path, ...deeper.path]))
  }
  return [`${place === '' ? '' : `${place}: `}${issue.message}`]
}

/** The keys that may stand at a place of a project file. */
function keysAt(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(project.shape)
  if (path[0] === 'engine') return Object.keys(engine.shape)
  if (path.length === 2) return Object.keys(dataset.shape)
  const step = dataset.shape[path[2] as keyof typeof dataset.shape] as z.ZodType | undefined
  const shapes = step ? objectsWithin(step) : []
  return shapes.flatMap((shape) => Object.keys(shape))
}

function objectsWithin(schema: z.ZodType): Record<string, unknown>[] {
  if (schema instanceof z.ZodOptional) return objectsWithin(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(objectsWithin)
  return schema instanceof z.ZodObject ? [schema.shape] : []
}
