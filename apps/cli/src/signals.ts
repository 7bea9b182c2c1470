/** Signals that end the process, with its exit codes then. */
export const EXITS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

let handler: ((signal: NodeJS.Signals) => void) | undefined

/** Has signals call a function, rather than end the process at once. */
export function onSignals(handle: (signal: NodeJS.Signals) => void): void {
  handler = handle
  for (const name of Object.keys(EXITS)) process.on(name, handle)
}

/**
 * Signals that are no business of ours, and may be one of a program that we run. Unheeded they would end us, or, SIGUSR1, open
 * the debugger of Node.js.
 */
const OTHERS: readonly NodeJS.Signals[] = ['SIGQUIT', 'SIGUSR1', 'SIGUSR2']

/** Has the signals that are no business of ours do nothing, for as long as the process lives. */
export function ignoreOthers(): void {
  for (const name of OTHERS) process.on(name, () => undefined)
}

/** Does work during which signals call another function, and do not stop the command; those too that are no business of ours. */
export async function signalsTo<Result>(
  handle: (signal: NodeJS.Signals) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const own = handler
  for (const name of OTHERS) process.on(name, handle)
  for (const name of Object.keys(EXITS)) {
    process.on(name, handle)
    if (own) process.off(name, own)
  }
  try {
    return await work()
  } finally {
    for (const name of Object.keys(EXITS)) {
      if (own) process.on(name, own)
      process.off(name, handle)
    }
    for (const name of OTHERS) process.off(name, handle)
  }
}

/**
 * Does work during which signals end the process at once: while code of the project is loaded no function is called, and a
 * module with a loop that does not end could not be stopped.
 */
export async function endedBySignals<Result>(work: () => Promise<Result>): Promise<Result> {
  const handle = handler
  if (!handle) return work()
  for (const name of Object.keys(EXITS)) process.off(name, handle)
  try {
    return await work()
  } finally {
    for (const name of Object.keys(EXITS)) process.on(name, handle)
  }
}
