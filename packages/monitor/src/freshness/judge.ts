import { formatDuration, type Finding, type FreshnessFacts } from '@dayshift/core'
import { absence, stateOfAbsence } from './absence.ts'
import type { Evidence } from './evidence.ts'
import type { LearnedLimit } from './learned-limit.ts'
import type { Limits } from './limits.ts'
import { dueAt, type Due } from './schedule.ts'
import { compareStates } from './states.ts'

type State = FreshnessFacts['state']

/** How fresh data is by one basis. */
export interface Judgement {
  readonly basis: string
  readonly state: State
  /** Seconds; null where there is no data. */
  readonly age: number | null
  /** What counts as stale now, in seconds: by age, by what was learned, by the schedule; the least of them. */
  readonly maxAge: number
  readonly due?: Due | undefined
  readonly learned?: LearnedLimit | undefined
  readonly findings: readonly Finding[]
}

/**
 * Weighs what a basis says. Data is stale where its age is more than the limit, or where it is not newer than its schedule
 * asks for; aging where it is more than `warnAfter`, or overdue within the grace; and never fresh where its newest time lies
 * ahead of the clock by more than `clockSkew`, where the clocks differ by more than that, where its times have no zone
 * and would be stale in some, or where a part of them cannot be read, or be right.
 *
 * @param now milliseconds since 1970
 */
export function judge(evidence: Evidence, limits: Limits, now: number): Judgement {
  const { basis, time, clock = now } = evidence
  const due = limits.schedule && dueAt(limits.schedule, clock, time ?? undefined)
  const learned = limits.learned?.[basis]
  const maxAge = learned?.limit ?? limits.maxAge ?? Infinity
  const least = Math.min(maxAge, due ? Math.max(0, (clock - due.since) / 1000) : Infinity)
  const told = { basis, maxAge: least, due, learned }
  if (time === null) return { ...told, state: stateOfAbsence(evidence), age: null, findings: [absence(evidence)] }
  const weighed = weigh(evidence, { ...limits, maxAge, due, clock })
  const doubts = [...(evidence.unsure ?? []), ...skewOf(evidence, limits, now)]
  const isDoubted = doubts.length > 0 && compareStates(weighed.state, 'unsure') < 0
  return {
    ...told,
    state: isDoubted ? 'unsure' : weighed.state,
    age: (clock - time) / 1000,
    findings: [
      ...weighed.findings,
      ...doubts.map((finding) => ({ ...finding, severity: limits.unsure })),
      ...learningOf(learned, basis, limits),
    ],
  }
}

/** What an age is held against at one time. */
interface Measure extends Limits {
  readonly maxAge: number
  readonly due: Due | undefined
  /** Milliseconds since 1970. */
  readonly clock: number
}

interface Weighed {
  readonly state: State
  readonly findings: readonly Finding[]
}

function weigh(evidence: Evidence, measure: Measure): Weighed {
  const { subject, span, parts = [] } = evidence
  const ahead = parts.find(({ time }) => stateAt(time, measure) === 'future')
  const time = ahead?.time ?? (evidence.time as number)
  const state = stateAt(time, measure)
  const earliest = span ? stateAt(span[0], measure) : state
  if (compareStates(state, 'unsure') < 0 && compareStates(earliest, 'stale') >= 0) {
    const doubt = evidence.doubt ?? naive(evidence, time, measure)
    return { state: 'unsure', findings: [{ ...doubt, severity: measure.unsure }] }
  }
  const found = findingOf(state, ahead?.subject ?? subject, time, measure, span !== undefined && !evidence.doubt)
  return { state, findings: [...found, ...staleParts(evidence, measure)] }
}

/** The state of data whose newest time is known. */
function stateAt(time: number, { maxAge, warnAfter, clockSkew, due, clock }: Measure): State {
  const age = (clock - time) / 1000
  if (-age > clockSkew) return 'future'
  if (age > maxAge || (due && time <= due.since)) return 'stale'
  const isPending = due?.pending !== undefined && time <= due.pending.since
  return isPending || (warnAfter !== undefined && age > warnAfter) ? 'aging' : 'fresh'
}

function findingOf(state: State, subject: string, time: number, measure: Measure, isNaive: boolean): Finding[] {
  const { maxAge, due, clock } = measure
  const age = (clock - time) / 1000
  const newest = `${subject}: newest is ${new Date(time).toISOString()}`
  if (state === 'future') {
    return [
      {
        severity: 'error',
        code: 'freshness.future',
        message: `${newest}, ${formatDuration(-age)} ahead of the clock`,
        hint: isNaive
          ? 'Its times have no zone and were taken as UTC: say which zone they are in (timezone).'
          : 'Check the clock and the time zone of what writes the data; its age cannot be told.',
      },
    ]
  }
  const findings: Finding[] = []
  if (state === 'stale' && age > maxAge) {
    findings.push({
      severity: 'error',
      code: 'freshness.stale',
      message: `${newest}, ${formatDuration(age)} old, limit ${formatDuration(maxAge)}`,
      hint: 'Check the job that should have brought newer data.',
    })
  }
  if (state === 'stale' && due && time <= due.since) {
    findings.push({
      severity: 'error',
      code: 'freshness.behind_schedule',
      message: `${newest}; data was due by ${new Date(due.deadline).toISOString()}, and nothing came after ${new Date(due.since).toISOString()}`,
      hint: 'Check the job that should have brought it.',
    })
  }
  if (state === 'aging') findings.push(agingOf(newest, age, time, measure))
  return findings
}

function agingOf(newest: string, age: number, time: number, { maxAge, due }: Measure): Finding {
  if (due?.pending && time <= due.pending.since) {
    const { deadline, until } = due.pending
    return {
      severity: 'warn',
      code: 'freshness.due',
      message: `${newest}; data is due since ${new Date(deadline).toISOString()}, and late after ${new Date(until).toISOString()}`,
      hint: 'Look whether the delivery is on its way.',
    }
  }
  const rest = Number.isFinite(maxAge) ? `, stale in ${formatDuration(maxAge - age)}` : ''
  return {
    severity: 'warn',
    code: 'freshness.aging',
    message: `${newest}, ${formatDuration(age)} old${rest}`,
    hint: 'Look whether the next delivery is on its way.',
  }
}

function naive({ subject }: Evidence, time: number, { clock }: Measure): Finding {
  const age = formatDuration(Math.max(0, (clock - time) / 1000))
  return {
    severity: 'warn',
    code: 'freshness.naive_time',
    message: `${subject}: newest is ${new Date(time).toISOString().slice(0, -1)}, without a zone; ${age} old if that is UTC, and stale in some other zone`,
    hint: 'Say which zone the times are in: timezone UTC, or as Europe/Berlin.',
  }
}

/** Where every part must be fresh: those that are not. */
function staleParts({ parts = [] }: Evidence, measure: Measure): Finding[] {
  const stale = parts.filter(({ time }) => stateAt(time, measure) === 'stale')
  if (parts.length < 2 || stale.length === 0) return []
  const names = stale.slice(0, 3).map(({ subject }) => subject)
  const more = stale.length > 3 ? ` and ${stale.length - 3} more` : ''
  return [
    {
      severity: 'error',
      code: 'freshness.stale_parts',
      message: `${stale.length} of ${parts.length} files are stale: ${names.join(', ')}${more}`,
      hint: 'Check the jobs that write these, or remove what is written no longer.',
    },
  ]
}

function skewOf({ clock, subject }: Evidence, { clockSkew }: Limits, now: number): Finding[] {
  const skew = clock === undefined ? 0 : (clock - now) / 1000
  if (Math.abs(skew) <= clockSkew) return []
  const way = skew < 0 ? 'ahead of' : 'behind'
  return [
    {
      severity: 'warn',
      code: 'freshness.clock_skew',
      message: `this clock is ${formatDuration(Math.abs(skew))} ${way} the one of who keeps ${subject}; the age was told by the latter`,
      hint: 'Set this machine’s clock (NTP): other ages that it tells are wrong.',
    },
  ]
}

function learningOf(learned: LearnedLimit | undefined, basis: string, { maxAge, schedule }: Limits): Finding[] {
  if (!learned) return []
  const { gaps, needed, alpha, limit } = learned
  const share = `${Number((alpha * 100).toPrecision(6))}%`
  if (limit !== undefined) {
    return [
      {
        severity: 'info',
        code: 'freshness.learned',
        message: `${basis}: the limit ${formatDuration(limit)} is learned from ${gaps} past gaps; at most ${share} of updates as in the past are later`,
      },
    ]
  }
  const until =
    maxAge === undefined
      ? schedule
        ? 'the schedule counts'
        : 'nothing counts'
      : `the limit of ${formatDuration(maxAge)} counts`
  return [
    {
      severity: 'info',
      code: 'freshness.learning',
      message: `${basis}: learning, ${gaps} of ${needed} gaps between updates are known; until then ${until}`,
    },
  ]
}
