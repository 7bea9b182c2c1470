import { ident, literal, raw, type Sql } from '@dayshift/core'
import { re2Of } from '../guards/regex.ts'
import type { ColumnModel, Rule, RuleValue } from './model.ts'

/**
 * A rule of a column as a condition in SQL: for what Zod has no word for, as order among texts, and for rules whose failures
 * are warnings while those of the rest of the column are errors.
 *
 * @returns nothing for a pattern that the engine reads in another way
 */
export function sqlOfRule({ name, type }: ColumnModel, rule: Rule): Sql | undefined {
  const column = ident(name).text
  const text = conditionOf(type === 'datetime' ? `CAST(${column} AS TIMESTAMPTZ)` : column, rule)
  return text === undefined ? undefined : raw(text)
}

function conditionOf(value: string, rule: Rule): string | undefined {
  switch (rule.rule) {
    case 'min':
      return `${value} ${rule.exclusive ? '>' : '>='} ${literal(rule.value).text}`
    case 'max':
      return `${value} ${rule.exclusive ? '<' : '<='} ${literal(rule.value).text}`
    case 'multiple_of':
      return `${value} % ${literal(rule.value).text} = 0`
    case 'length':
      return [
        ...(rule.min === undefined ? [] : [`length(${value}) >= ${rule.min}`]),
        ...(rule.max === undefined ? [] : [`length(${value}) <= ${rule.max}`]),
      ].join(' AND ')
    case 'pattern':
    case 'format': {
      const re2 = rule.pattern && re2Of(rule.pattern)
      return re2 === undefined ? undefined : `regexp_full_match(${value}, ${literal(re2).text})`
    }
    case 'starts_with':
      return `starts_with(${value}, ${literal(rule.text).text})`
    case 'ends_with':
      return `ends_with(${value}, ${literal(rule.text).text})`
    case 'includes':
      return `contains(${value}, ${literal(rule.text).text})`
    default:
      return inList(value, rule.values)
  }
}

function inList(value: string, values: readonly RuleValue[]): string {
  return values.length === 0 ? 'FALSE' : `${value} IN (${literal(values).text})`
}
