/**
 * Does something beside the main work, which may wait for it. Where either fails, the other is stopped before the error is
 * thrown on.
 *
 * @param aside gets a signal that tells it to stop, also where the given one does
 * @param main gets what comes of it
 */
export async function alongside<Aside, Main>(
  aside: (signal: AbortSignal) => Promise<Aside>,
  main: (aside: () => Promise<Aside>, signal: AbortSignal) => Promise<Main>,
  signal: AbortSignal | undefined,
): Promise<Main> {
  const stop = new AbortController()
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const outcome = aside(both).then(
    (value) => ({ value }),
    (error: unknown) => {
      stop.abort()
      return { error }
    },
  )
  const take = async (): Promise<Aside> => {
    const found = await outcome
    if ('error' in found) throw found.error
    return found.value
  }
  try {
    return await main(take, both)
  } catch (error) {
    const isFirst = !stop.signal.aborted
    stop.abort()
    const found = await outcome
    // What made the other stop is what went wrong.
    throw !isFirst && 'error' in found ? found.error : error
  }
}
