import { isList, isMapping, type YamlValue } from './yaml.ts'

/** What a place in a file may hold: the problems of a value, each with its path. */
export type Rule = (value: YamlValue, path: string) => string[]

/** Anything at all. */
export const anything: Rule = () => []

function expected(what: string, holds: (value: YamlValue) => boolean): Rule {
  return (value, path) => (holds(value) ? [] : [`${path} is not ${what}`])
}

/** A text. Of a NUL nothing good can come: no path has one. */
export const aString: Rule = expected(
  'a text without NUL',
  (value) => typeof value === 'string' && !value.includes('\0'),
)
export const aCount: Rule = expected(
  'a whole number of 0 or more',
  (value) => Number.isInteger(value) && Number(value) >= 0,
)
export const aBoolean: Rule = expected('true or false', (value) => typeof value === 'boolean')
export const aMapping: Rule = expected('a mapping', isMapping)

/** A hash: a text, or digits that YAML takes for a number. */
export const aHash: Rule = expected(
  'a hash',
  (value) =>
    value === null ||
    value === '' ||
    ((typeof value === 'string' || typeof value === 'number') && `${value}`.length >= 3),
)

/** The algorithm of a hash. Digits of another one would be taken for an md5. */
export const anAlgorithm: Rule = expected('md5, the only algorithm that DVC 3 knows', (value) => value === 'md5')

export function either(...rules: readonly Rule[]): Rule {
  return (value, path) => {
    const found = rules.map((rule) => rule(value, path))
    return found.find((problems) => problems.length === 0) ?? found[0] ?? []
  }
}

export const nothing: Rule = expected('empty', (value) => value === null)

/** A list of such values. */
export function listOf(rule: Rule): Rule {
  return (value, path) =>
    isList(value) ? value.flatMap((item, at) => rule(item, `${path}[${at}]`)) : [`${path} is not a list`]
}

/** A mapping of any keys to such values. */
export function mapOf(rule: Rule): Rule {
  return (value, path) =>
    isMapping(value)
      ? Object.entries(value).flatMap(([key, item]) => rule(item ?? null, join(path, key)))
      : [`${path || 'it'} is not a mapping`]
}

/** A mapping of these keys and no others. */
export function fields(rules: Readonly<Record<string, Rule>>, required: readonly string[] = []): Rule {
  return (value, path) => {
    if (!isMapping(value)) return [`${path || 'it'} is not a mapping`]
    const missing = required.filter((key) => value[key] === undefined).map((key) => `${join(path, key)} is missing`)
    return [
      ...missing,
      ...Object.entries(value).flatMap(([key, item]) => {
        const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
        return rule ? rule(item ?? null, join(path, key)) : [`${join(path, key)} is a key that DVC does not know`]
      }),
    ]
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
