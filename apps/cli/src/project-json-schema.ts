import { z } from 'zod'
import { dataset, project } from './project-schema.ts'
import { alerts, sinkSchemas } from './sinks/sink-schema.ts'

/** JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
  readonly [key: string]: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** What a module names in a project file that is JSON: `contracts/orders.ts#orders`. */
const NAMED = { type: 'string', minLength: 1 } as const

/**
 * The JSON Schema of a project file that is JSON: what an editor completes and marks. What is code in a module is named there. What a
 * schema cannot say (that a duration can be read, that no dataset is made of itself) is found when the file is read.
 */
export function projectJsonSchema(): JsonSchema {
  const { $schema: _draft, ...whole } = jsonOf(project)
  const one = jsonOf(dataset)
  const sinks = {
    type: 'object',
    propertyNames: { pattern: '^[\\w.-]+$' },
    additionalProperties: { anyOf: sinkSchemas.map(jsonOf) },
  }
  const own = jsonOf(alerts)
  const environment = {
    type: 'object',
    additionalProperties: false,
    properties: {
      name: NAMED,
      engine: whole.properties?.['engine'],
      alerts: own,
      sinks: {
        ...sinks,
        additionalProperties: { anyOf: sinkSchemas.map((schema) => withoutRequired(jsonOf(schema))) },
      },
      datasets: { type: 'object', additionalProperties: withoutRequired(one) },
    },
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A project of dayshift',
    ...whole,
    properties: {
      $schema: { type: 'string' },
      ...whole.properties,
      alerts: own,
      sinks,
      datasets: { type: 'object', propertyNames: { minLength: 1 }, additionalProperties: one },
      environments: { type: 'object', additionalProperties: environment },
    },
  }
}

function jsonOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    // A contract and an ETL are functions in a module; here they are its name.
    override: ({ jsonSchema, path }) => {
      if (path.at(-1) === 'contract' || path.at(-1) === 'etl') Object.assign(jsonSchema, NAMED)
    },
  })
  return json as JsonSchema
}

/** The same for a part that is laid over another: what is left out stays. */
function withoutRequired(schema: unknown): JsonSchema {
  return withoutRequiredIn(schema) as JsonSchema
}

function withoutRequiredIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequiredIn)
  if (typeof value !== 'object' || value === null) return value
  const { required, ...rest } = value as Readonly<Record<string, unknown>>
  const kept = Array.isArray(required) ? rest : { ...value }
  return Object.fromEntries(Object.entries(kept).map(([key, inner]) => [key, withoutRequiredIn(inner)]))
}
