import { measureName } from '../expected.ts'
import { isMeasureCheck, isRowCheck } from '../table-check.ts'
import type { ModelCheck } from './model.ts'

/**
 * Where a check of a table stands, for notes: its name or its SQL, or its column with what is asked of it.
 *
 * @example checkPlace({ column: 'price', measure: 'mean', max: 3 }) // 'checks.price.mean'
 */
export function checkPlace(check: ModelCheck): string {
  if (isRowCheck(check)) return `checks.${check.name ?? check.that.text}`
  if (!isMeasureCheck(check)) {
    const asked = (['contains', 'equals', 'mostFrequentIn'] as const).filter((key) => check[key] !== undefined)
    return `checks.${check.column}.${asked.join('+')}`
  }
  return `checks.${check.column}.${measureName(check.measure)}`
}
