import { nameOf } from './checks/check-name.ts'
import type { ColumnRules } from './checks/rules.ts'
import { shapeOf } from './checks/shape.ts'

/**
 * What in a schema keeps its values from being judged in a quicker way, in words.
 *
 * @param isKnown whether a schema with these rules is judged in the quicker way
 * @returns nothing where no single thing does
 */
export function obstacleOf(rules: ColumnRules, isKnown: (rules: ColumnRules) => boolean): string | undefined {
  const { plain, schema, checks } = rules
  if (checks.includes('refine')) return 'its refinements are code'
  if (!plain) return `z.${shapeOf(schema, true).type} is known to Zod alone`
  const { numeric: _numeric, ...others } = rules
  const alone = plain.checks.find((check) => {
    if (plain.type === 'number') return !/^(greater_than|less_than|number_format)$/.test(check.check)
    return !isKnown({ ...others, plain: { ...plain, checks: [check] } })
  })
  if (alone?.check === 'overwrite') return 'its texts are changed before they are checked'
  if (alone) return `${nameOf(alone) ?? `${alone.check} of ${plain.type}s`} is known to Zod alone`
  if (plain.type === 'values' && !plain.values?.every((value) => typeof value === 'string')) {
    return 'not all values that it lists are texts'
  }
  if (plain.type === 'number' && rules.numeric === undefined)
    return 'one of its bounds or formats is known to Zod alone'
  return undefined
}
