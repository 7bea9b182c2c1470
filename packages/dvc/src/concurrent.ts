/**
 * Maps items by an asynchronous function, at most `limit` at a time; results keep the items' order. After a failure no
 * further item is begun, and all that were begun have ended before the failure is thrown.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  let failed = false
  const work = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const at = next++
      try {
        results[at] = await map(items[at] as Item, at)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, work))
  const failure = workers.find((worker) => worker.status === 'rejected')
  if (failure) throw failure.reason
  return results
}
