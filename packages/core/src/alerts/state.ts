import type { Alert } from './alert.ts'

/** What a sink was told of an alert last. */
export interface Told {
  /** When the alert began, as the sink was told. */
  readonly since: string
  /** When it was told. */
  readonly at: string
  /** Whether it was told that the alert is over. */
  readonly over: boolean
}

/** An alert, and what became of it. Times are UTC, ISO 8601. */
export interface AlertRecord extends Alert {
  /** `pending`: not seen often enough to fire. `over`: kept for a while, for it may come back. */
  readonly state: 'pending' | 'firing' | 'over'
  /** When it was first seen, this time. */
  readonly since: string
  /** Looks in a row that found it, or did not. */
  readonly bad: number
  readonly good: number
  /** Of a pending one: its last looks, the newest at the end, `b` for bad and `g` for good; left out where all were bad. */
  readonly looks?: string
  /** When it was first not found any more. */
  readonly goodSince?: string
  /** When it last came back after it had not been found. */
  readonly returnedAt?: string
  readonly overAt?: string
  /** Until then nobody is told that it fires. */
  readonly mutedUntil?: string
  /** What each sink was told last, by its name. */
  readonly told: Readonly<Record<string, Told>>
}

/** All alerts that are known, by the keys that they would get now. Plain data. */
export type AlertState = ReadonlyMap<string, AlertRecord>

/** Milliseconds between two times, whichever is first: clocks may be set back, and of two machines one is ahead. */
export function between(one: string, other: Date): number {
  return Math.abs(other.getTime() - Date.parse(one))
}

/** What a sink was told of an alert, if anything. */
export function toldOf({ told }: AlertRecord, sink: string): Told | undefined {
  return Object.hasOwn(told, sink) ? told[sink] : undefined
}
