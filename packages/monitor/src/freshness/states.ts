import type { FreshnessFacts } from '@dayshift/core'

type State = FreshnessFacts['state']

/** From the best to the worst: of several bases the worst counts. */
const STATES: readonly State[] = [
  'fresh',
  'aging',
  'unsure',
  'short',
  'stale',
  'empty',
  'future',
  'unknown',
  'unreadable',
  'missing',
]

/** Which of two states is worse: above 0 where it is `a`. */
export function compareStates(a: State, b: State): number {
  return STATES.indexOf(a) - STATES.indexOf(b)
}

/** The states, from the best to the worst. */
export function allStates(): readonly State[] {
  return STATES
}
