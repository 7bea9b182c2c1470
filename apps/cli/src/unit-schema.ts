import { parseDuration } from '@dayshift/core'
import { z } from 'zod'

/** Text or a number that a reader of units takes. */
export function unit(read: (value: string | number) => number, what: string): z.ZodType {
  return z.union([z.string(), z.number()]).refine(
    (value) => {
      try {
        read(value)
        return true
      } catch {
        return false
      }
    },
    { error: ({ input }) => `'${String(input)}' is not a ${what}` },
  )
}

export const duration: z.ZodType = unit(parseDuration, 'duration: write 90s, 15m, 24h, 7d or 2w')
