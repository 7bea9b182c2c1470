import { pathToFileURL } from 'node:url'
import { isAddress } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { DatasetDefinition, LogDefinition } from './define-project.ts'
import type { Io } from './io.ts'
import { html } from './render/html/markup.ts'
import { markdownText } from './render/markdown-text.ts'
import { printable, printableJson } from './render/words.ts'

const VARIABLE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g

/** What only tells of a dataset: it is kept in the catalog for all to read, so no variable is put in. */
const TELLING: ReadonlySet<string> = new Set(['contract', 'description', 'links', 'owners', 'properties', 'tags'])

/** Variables whose values nobody is to read. */
const SECRET = /SECRET|TOKEN|PASS|KEY|CREDENTIAL|AUTH|PRIVATE/i

/** Shorter values stand in many other words. */
const SHORTEST = 4

/** Values that were put in, and the words that stand for them where something is printed. */
const secrets = new Map<string, string>()

/**
 * Puts variables of the environment in place of `${env:NAME}` in the texts of datasets. Those that are not set stay as they are
 * written: not every command needs every dataset.
 */
export function datasetsWithVariables(
  datasets: Readonly<Record<string, DatasetDefinition>>,
  env: Io['env'],
): Readonly<Record<string, DatasetDefinition>> {
  const entries = Object.entries(datasets).map(([name, definition]) => {
    const own = Object.entries(definition).map(([key, value]: [string, unknown]) => [
      key,
      TELLING.has(key) ? value : withKnownVariables(value, env),
    ])
    return [name, Object.fromEntries(own) as DatasetDefinition]
  })
  return Object.fromEntries(entries) as Readonly<Record<string, DatasetDefinition>>
}

function withKnownVariables<Value>(value: Value, env: Io['env']): Value {
  if (typeof value === 'string') {
    return value.replaceAll(VARIABLE, (written, name: string) => {
      const found = env[name] ?? ''
      if (SECRET.test(name) && found.length >= SHORTEST) secrets.set(found, written)
      return found === '' ? written : found
    }) as Value
  }
  if (!isPlain(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, withKnownVariables(item, env)] as const)
  // What holds no variable is what it was: functions and contracts may be known by their identity.
  if (entries.every(([key, item]) => item === (value as Record<string, unknown>)[key])) return value
  const changed = Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
  return changed as Value
}

/**
 * Refuses a dataset that needs a variable which is not set.
 *
 * @throws DS_VARIABLE naming the variable, and the place that needs it
 */
export function needVariables(dataset: string, definition: DatasetDefinition, file: string): void {
  const entries = Object.entries(definition).filter(([key]) => !TELLING.has(key))
  const found = firstVariable(Object.fromEntries(entries), `datasets.${dataset}`)
  if (found === undefined) return
  throw failure('DS_VARIABLE', `${found.place} needs ${found.name}, which the environment does not have`, {
    hint: `Set ${found.name} before the command, or in the settings of the service that runs it.`,
    where: file,
  })
}

function firstVariable(value: unknown, place: string): { readonly name: string; readonly place: string } | undefined {
  if (typeof value === 'string') {
    const [, name] = [...value.matchAll(VARIABLE)][0] ?? []
    return name === undefined ? undefined : { name, place }
  }
  if (!isPlain(value)) return undefined
  for (const [key, item] of Object.entries(value)) {
    const found = firstVariable(item, `${place}.${key}`)
    if (found) return found
  }
  return undefined
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
}

/**
 * A text to print, with the variables in place of secret values that were put in for them, whatever it is written in: an address, JSON,
 * HTML, XML, Markdown or an annotation.
 */
export function withoutValues(text: string): string {
  let shown = text
  for (const [value, written] of secrets) {
    for (const writing of writingsOf(value)) shown = shown.replaceAll(writing, () => written)
  }
  return shown
}

/**
 * What is kept of a step's settings that only tell where data came from, and of what: the variables in place of secret values. A path
 * stays as it is, as the file is looked for there.
 */
export function withoutLogValues(log: LogDefinition): LogDefinition {
  const { origin, job } = log
  return {
    ...log,
    ...(origin === undefined ? {} : { origin: isAddress(origin) ? withoutValues(origin) : origin }),
    ...(job === undefined ? {} : { job: withoutValues(job) }),
  }
}

/** What a value reads as in all that is printed, the longest first: one may stand within another. */
function writingsOf(value: string): readonly string[] {
  const plain = [value, pathToFileURL(`/${value}`).pathname.slice(1), encodeURI(value), encodeURIComponent(value)]
  const seen = plain.flatMap((one) => [one, printable(one), JSON.stringify(one).slice(1, -1)])
  const all = seen.flatMap((one) => [
    one,
    toJsonText(one),
    html`${one}`.text,
    withEntities(one),
    markdownText(one),
    one.replaceAll('%', '%25'),
    one.replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C'),
  ])
  return [...new Set(all)].toSorted((a, b) => b.length - a.length)
}

function toJsonText(text: string): string {
  return printableJson(JSON.stringify(text).slice(1, -1))
}

/** As XML has it in attributes. */
function withEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
