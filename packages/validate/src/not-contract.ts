import { isZodObject, isZodSchema } from './checks/schema.ts'
import { shapeOf } from './checks/shape.ts'
import { isContract } from './contract.ts'

/** What something is that was taken for a contract, and what to make of it. */
export interface NotContract {
  /** As `a z.array`. */
  readonly what: string
  readonly hint: string
}

const USUAL = 'Write export default z.object({ … }), one key a column, or defineContract({ … }).'

/**
 * Says what a value is that is no contract, and how it becomes one.
 *
 * @example notContract([]).what // 'a list'
 */
export function notContract(value: unknown): NotContract {
  if (isZodSchema(value)) return ofSchema(shapeOf(value))
  if (typeof value === 'function') {
    return { what: 'a function', hint: 'Export what it gives back: z.object({ … }), or defineContract({ … }).' }
  }
  if (Array.isArray(value)) return { what: 'a list', hint: USUAL }
  if (typeof value !== 'object' || value === null) {
    return { what: value === undefined || value === null ? String(value) : `a ${typeof value}`, hint: USUAL }
  }
  if ('_def' in value && !('_zod' in value)) {
    return { what: 'a schema of Zod 3', hint: "Contracts are of Zod 4: import { z } from 'zod', version 4." }
  }
  if ('columns' in value) {
    return { what: 'an object with columns', hint: 'Wrap it in defineContract(…) of @dayshift/validate.' }
  }
  const items: unknown[] = Object.values(value)
  if (items.length > 0 && items.every(isContract)) {
    return { what: 'an object of contracts', hint: 'Export each by its own name, and name the export after a #.' }
  }
  if (items.some(isZodSchema)) return { what: 'an object of schemas', hint: 'Wrap it in z.object(…).' }
  return { what: 'an object', hint: USUAL }
}

function ofSchema({ type, item }: ReturnType<typeof shapeOf>): NotContract {
  const what = `a z.${type}`
  if (type !== 'array') return { what, hint: 'A contract describes one row, a key for each column: z.object({ … }).' }
  const within = isZodObject(item) ? ', the one within the z.array' : ''
  return { what, hint: `A contract describes one row: give the z.object({ … })${within}.` }
}
