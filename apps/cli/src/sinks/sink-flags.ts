import type { Flags } from '../flags.ts'

/** Flags that say who is told of alerts. */
export const sinkFlags = {
  sink: { type: 'string', multiple: true, value: 'URL', help: 'post alerts to this webhook too' },
  'no-sinks': { type: 'boolean', help: 'tell nobody, and keep no alerts' },
  'strict-sinks': { type: 'boolean', help: 'exit with 4 where somebody could not be told' },
} as const satisfies Flags
