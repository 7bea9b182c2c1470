import { factValue } from '@dayshift/core'

/** A cell as it stands among others in a line: `none` where it has no value. */
export function cellText(value: unknown): string {
  const fact = factValue(value)
  return fact === null ? 'none' : String(fact)
}
