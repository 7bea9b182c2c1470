import { alertRules, type AlertOptions } from '@dayshift/core/alerts'
import { isDayshiftError, isGlob, messageOf, nearest, parseSize, STEPS } from '@dayshift/core/ground'
import { z } from 'zod'
import type { SinkDefinition } from '../define-project.ts'
import { duration, unit } from '../unit-schema.ts'
import { hasVariable, withVariables } from './environment.ts'
import { isOwnSink, sinkOf } from './sink-of.ts'

const text = z.string().min(1)
const texts = z.record(z.string(), z.string())

const posted = {
  url: text,
  headers: texts.optional(),
  labels: texts.optional(),
  timeout: duration.optional(),
  retries: z.int().min(0).max(20).optional(),
  kinds: z
    .array(z.enum(STEPS as readonly [string, ...string[]]))
    .min(1)
    .optional(),
  datasets: z.array(text).min(1).optional(),
  statuses: z
    .array(z.enum(['pass', 'warn', 'fail']))
    .min(1)
    .optional(),
}

const SCHEMAS = {
  webhook: z.strictObject({
    type: z.literal('webhook'),
    ...posted,
    secret: text.optional(),
    externalURL: text.optional(),
    maxBytes: unit(parseSize, 'size: write 256kB').optional(),
  }),
  alertmanager: z.strictObject({
    type: z.literal('alertmanager'),
    ...posted,
    generatorURL: text.optional(),
    holdFor: duration.optional(),
  }),
} as const

/** When alerts are told. */
export const alerts = z.strictObject({
  from: z.enum(['warn', 'error']).optional(),
  fireAfter: z.int().min(1).or(z.string().refine(isShareOfLooks, 'expected looks: 2, or 2 of 3')).optional(),
  resolveAfter: z.int().min(1).optional(),
  calm: duration.optional(),
  remindAfter: z.literal(false).or(duration).optional(),
})

/** Sinks by what a project file may say of them. */
export const sinkSchemas: readonly z.ZodObject[] = Object.values(SCHEMAS)

/** Whether so many of the last looks can be bad. */
function isShareOfLooks(word: string): boolean {
  const [, bad, all] = /^(\d+) of (\d+)$/.exec(word) ?? []
  return Number(bad) >= 1 && Number(bad) <= Number(all) && Number(all) <= 100
}

/** Names of sinks: they stand in messages, and in the state of alerts. */
const NAME = /^[\w.-]+$/

/**
 * Everything that is wrong with the `alerts` and `sinks` of a project file.
 *
 * @returns one line a mistake: its place, and what is expected there
 */
export function sinkProblems(definition: unknown): string[] {
  if (typeof definition !== 'object' || definition === null) return []
  const { alerts: rules, sinks, datasets } = definition as Readonly<Record<'alerts' | 'sinks' | 'datasets', unknown>>
  return [
    ...(rules === undefined ? [] : alertProblems(rules)),
    ...(sinks === undefined ? [] : listProblems(sinks)),
    ...unknownDatasets(sinks, datasets),
  ]
}

/** Names of datasets in filters that the project does not have: such a sink would never be told. What has a `*` may have none yet. */
function unknownDatasets(sinks: unknown, datasets: unknown): string[] {
  if (typeof sinks !== 'object' || sinks === null || typeof datasets !== 'object' || datasets === null) return []
  const known = Object.keys(datasets)
  return Object.entries(sinks).flatMap(([name, sink]: [string, unknown]) => {
    const wanted = isOwnSink(sink) ? undefined : (sink as { readonly datasets?: unknown } | null)?.datasets
    if (!Array.isArray(wanted)) return []
    return wanted.flatMap((one: unknown, at) => {
      if (typeof one !== 'string' || one === '' || isGlob(one) || known.includes(one)) return []
      const near = nearest(one, known)
      const hint = near === undefined ? `; it has ${known.join(', ')}` : `; did you mean '${near}'?`
      return [`sinks.${name}.datasets.${at}: the project has no dataset '${one}'${hint}`]
    })
  })
}

function alertProblems(rules: unknown): string[] {
  const problems = schemaProblems(alerts, rules, 'alerts')
  return problems.length > 0 ? problems : thrownBy('alerts', () => alertRules(rules as AlertOptions))
}

function listProblems(sinks: unknown): string[] {
  if (typeof sinks !== 'object' || sinks === null || Array.isArray(sinks)) {
    return ["sinks: expected names and what they stand for, as { team: { type: 'webhook', url: '${env:TEAM_URL}' } }"]
  }
  return Object.entries(sinks).flatMap(([name, sink]: [string, unknown]) => {
    const place = `sinks.${name}`
    if (!NAME.test(name)) return [`${place}: a name is of letters, digits and ._-`]
    if (isOwnSink(sink)) return []
    const type = typeof sink === 'object' && sink !== null ? (sink as { readonly type?: unknown }).type : undefined
    if (typeof type !== 'string' || !Object.hasOwn(SCHEMAS, type)) {
      const near = typeof type === 'string' ? nearest(type, Object.keys(SCHEMAS)) : undefined
      const hint = near === undefined ? '' : `; did you mean '${near}'?`
      return [`${place}: expected type: 'webhook' or 'alertmanager', or a sink of your own with write or alert${hint}`]
    }
    const problems = schemaProblems(SCHEMAS[type as keyof typeof SCHEMAS], sink, place)
    return problems.length > 0 ? problems : thrownBy(place, () => sinkOf(name, standIn(sink as SinkDefinition)))
  })
}

function schemaProblems(schema: z.ZodObject, value: unknown, place: string): string[] {
  const { error } = schema.safeParse(value)
  return (error?.issues ?? []).flatMap((issue) => {
    const at = [place, ...issue.path.map(String)].join('.')
    if (issue.code !== 'unrecognized_keys') return [`${at}: ${innermost(issue)}`]
    return issue.keys.map((key) => {
      const near = nearest(key, Object.keys(schema.shape))
      return `${at}.${key}: no such key${near === undefined ? '' : `; did you mean '${near}'?`}`
    })
  })
}

/** What is wrong with the last of several ways to write a value says most. */
function innermost(issue: z.core.$ZodIssue): string {
  const last = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : undefined
  return last ? innermost(last) : issue.message
}

/** Any value does for a variable here: this machine may not have it. */
function standIn(sink: SinkDefinition): SinkDefinition {
  const { url } = sink as { readonly url: string }
  const known = hasVariable(url) ? { ...sink, url: 'http://stand-in' } : sink
  return withVariables(known, new Proxy({}, { get: () => 'x' }))
}

function thrownBy(place: string, make: () => unknown): string[] {
  try {
    make()
    return []
  } catch (error) {
    const where = isDayshiftError(error) && error.where !== undefined ? `.${error.where}` : ''
    return [`${place}${where}: ${messageOf(error)}`]
  }
}
