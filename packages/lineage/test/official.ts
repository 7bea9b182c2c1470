import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { default as formats } from 'ajv-formats'

const folder = fileURLToPath(new URL('../../../../shared/spec/openlineage/published', import.meta.url))

/** OpenLineage's own schemas are not part of this project; where they are absent, tests that need them are skipped. */
export const hasOfficialSchemas: boolean = existsSync(folder)

/** Says why such a test is skipped. */
export const NEEDS_SCHEMAS = `OpenLineage’s JSON Schemas (in ${folder})`

const CORE = 'https://openlineage.io/spec/2-0-2/OpenLineage.json'

/**
 * Makes a validator of events from the official JSON Schemas: the core schema for the event, and the definition that its `schemaURL` points to,
 * then for each facet the definition that its `_schemaURL` points to.
 *
 * @returns what is wrong with an event; none where it is right
 */
export function officialValidator(): (event: unknown) => string[] {
  // `strict` would refuse the keyword `example`, which the schemas have.
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.json')) ajv.addSchema(JSON.parse(readFileSync(join(folder, path), 'utf8')) as object)
  }
  const errorsOf = (url: string, value: unknown, place: string): string[] => {
    const validate = ajv.getSchema(url)
    if (validate === undefined) return [`${place}: there is no schema ${url}`]
    if (validate(value) === true) return []
    return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${place}${instancePath} ${message}`)
  }
  return (event) => [
    ...errorsOf(CORE, event, ''),
    ...errorsOf(String((event as Record<string, unknown>)['schemaURL']), event, ''),
    ...facetsIn(event).flatMap(({ place, url, facet }) => errorsOf(url, facet, place)),
  ]
}

/** A facet, where it is and the definition that it says it follows. */
interface PlacedFacet {
  readonly place: string
  readonly url: string
  readonly facet: object
}

function facetsIn(value: unknown, place = ''): PlacedFacet[] {
  if (typeof value !== 'object' || value === null) return []
  const url = (value as Record<string, unknown>)['_schemaURL']
  const own = typeof url === 'string' ? [{ place, url, facet: value }] : []
  return [...own, ...Object.entries(value).flatMap(([key, part]) => facetsIn(part, `${place}/${key}`))]
}
