import type { CheckDef } from './check-def.ts'

/** What a check is called; nothing for those that are the type's own. */
export function nameOf(def: CheckDef): string | undefined {
  switch (def.check) {
    case 'greater_than':
      return boundName('>', def['inclusive'] === true, def['value'])
    case 'less_than':
      return boundName('<', def['inclusive'] === true, def['value'])
    case 'multiple_of':
      return `multiple_of ${String(def['value'])}`
    case 'min_length':
      return `length >= ${String(def['minimum'])}`
    case 'max_length':
      return `length <= ${String(def['maximum'])}`
    case 'length_equals':
      return `length = ${String(def['length'])}`
    case 'string_format':
      return formatName(String(def['format']), def['pattern'])
    case 'custom':
      return 'refine'
    default:
      return undefined
  }
}

/** How a check against a bound is called: `>= 0`, `< 10`. Dates are written as ISO 8601. */
export function boundName(op: '<' | '>', inclusive: boolean, value: unknown): string {
  const isTime = value instanceof Date && !Number.isNaN(value.getTime())
  return `${op}${inclusive ? '=' : ''} ${isTime ? value.toISOString() : String(value)}`
}

/** How a check of a text's form is called: `format email`, `matches /^a/`. */
export function formatName(format: string, pattern: unknown): string {
  return format === 'regex' ? `matches ${String(pattern)}` : `format ${format}`
}
