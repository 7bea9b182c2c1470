import { parseFraction } from '@dayshift/core'
import { messageOf } from '@dayshift/core/ground'
import { readSchedule, type ScheduleOptions } from '@dayshift/monitor'
import { z } from 'zod'
import { duration, unit } from '../unit-schema.ts'

const text = z.string().min(1)
const texts = text.or(z.array(text).min(1))
const basis = z.enum(['mtime', 'column', 'partition', 'object', 'content', 'run'])

const schedule = z
  .strictObject({
    cron: text,
    zone: text.optional(),
    grace: duration.optional(),
    lead: duration.optional(),
    holidays: texts.optional(),
  })
  .check(({ value: { cron, zone }, issues }) => {
    const message = problemOf({ cron, zone })
    if (message !== undefined) issues.push({ code: 'custom', message, input: cron })
  })

/** What a project file may say of the age of a dataset. */
export const freshness = z.strictObject({
  maxAge: duration.optional(),
  warnAfter: duration.optional(),
  clockSkew: duration.optional(),
  unsure: z.enum(['fail', 'warn']).optional(),
  column: text.optional(),
  basis: basis.or(z.array(basis).min(1)).optional(),
  files: z.enum(['newest', 'oldest', 'all']).optional(),
  timezone: text.optional(),
  partition: texts.optional(),
  partitionCron: text.optional(),
  schedule: schedule.optional(),
  learn: z
    .boolean()
    .or(z.strictObject({ alpha: unit(parseFraction, 'share: write 0.05 or 5%') }))
    .optional(),
  minRows: z.int().min(0).optional(),
})

/** What is wrong with a schedule, in words. */
function problemOf(options: ScheduleOptions): string | undefined {
  try {
    readSchedule(options)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
