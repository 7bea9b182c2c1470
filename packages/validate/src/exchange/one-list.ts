import type { Rule, RuleValue } from './model.ts'
import type { Notes } from './notes.ts'

type ListRule = Extract<Rule, { rule: 'one_of' }>

/**
 * Rules with one list of values, of what stands in all that were given: a schema of Zod has one. Lists whose failures are
 * warnings stay as they are. Lists that have no value in common are a mistake of the file.
 *
 * @param place where the column stands
 */
export function withOneList(rules: readonly Rule[], place: string, notes: Notes): readonly Rule[] {
  const lists = rules.filter(isDemanded)
  const [first, ...others] = lists
  if (!first || others.length === 0) return rules
  const values = others.reduce<readonly RuleValue[]>(inCommon, first.values)
  if (values.length === 0 && lists.every((list) => list.values.length > 0)) {
    notes.mistake(place, `no value is in all of its lists: ${lists.map((list) => listed(list.values)).join(' and ')}`)
    return rules.filter((rule) => !isDemanded(rule))
  }
  return rules.flatMap((rule): Rule[] => (rule === first ? [{ ...first, values }] : isDemanded(rule) ? [] : [rule]))
}

function isDemanded(rule: Rule): rule is ListRule {
  return rule.rule === 'one_of' && !rule.warns
}

function inCommon(some: readonly RuleValue[], { values }: ListRule): RuleValue[] {
  const others = new Set(values.map(keyOf))
  return some.filter((value) => others.has(keyOf(value)))
}

/** What equal values have in common, whichever way they are held. */
function keyOf(value: RuleValue): string {
  if (value instanceof Date) return `date ${value.getTime()}`
  return typeof value === 'number' || typeof value === 'bigint' ? `number ${value}` : `${typeof value} ${value}`
}

function listed(values: readonly RuleValue[]): string {
  const some = values.slice(0, 3).map((value) => (value instanceof Date ? value.toISOString() : String(value)))
  return `${some.join(', ')}${values.length > some.length ? ', …' : ''}`
}
