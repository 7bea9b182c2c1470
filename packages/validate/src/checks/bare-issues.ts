import type { $ZodIssue, $ZodType } from 'zod/v4/core'

const NONE: readonly $ZodIssue[] = []

/**
 * What a schema finds in a value, without messages: what `safeParse` runs, before it makes an error of it.
 *
 * @returns nothing for an asynchronous schema
 */
export function bareIssues(schema: $ZodType, value: unknown): readonly $ZodIssue[] | undefined {
  const result = schema._zod.run({ value, issues: [] }, { async: false })
  if (result instanceof Promise) return undefined
  if (result.issues.length === 0) return NONE
  return result.issues.map((issue) => (issue.path ? issue : { ...issue, path: [] }) as $ZodIssue)
}
