import { runIdOf, type LineageEvent } from './lineage-event.ts'
import { oneByOne } from './one-by-one.ts'
import type { EmitOptions, Receipt, Transport } from './transport.ts'

/**
 * Sends events and tells of each what became of it, in their order. Of one run, an event is sent only when those before it
 * were taken or rejected: a server that puts one off gets none behind it.
 *
 * @example const [receipt] = await offerTo(transport, [event]) // { fate: 'taken' }
 */
export async function offerTo(
  transport: Transport,
  events: readonly LineageEvent[],
  options: EmitOptions = {},
): Promise<Receipt[]> {
  const { together = 1 } = transport
  if (!transport.offer) return oneByOne(events, (event) => transport.emit([event], options))
  if (together === 1) return [...(await transport.offer(events, options))]
  const receipts: Receipt[] = []
  // A batch has one event of a run at most, so that none is taken where one before it was put off.
  const queues = new Map<string, number[]>()
  for (const [at, event] of events.entries()) {
    const run = runIdOf(event) ?? `event ${at}`
    const queue = queues.get(run)
    if (queue) queue.push(at)
    else queues.set(run, [at])
  }
  while (queues.size > 0) {
    const runs = [...queues.keys()].slice(0, together)
    const wave = runs.map((runId) => queues.get(runId)?.shift() as number)
    const sent = wave.map((at) => events[at] as LineageEvent)
    const answers = await transport.offer(sent, options)
    for (const [turn, runId] of runs.entries()) {
      const answer = answers[turn] as Receipt
      receipts[wave[turn] as number] = answer
      const queue = queues.get(runId) as number[]
      if (answer.fate === 'later' || answer.fate === 'down') for (const at of queue.splice(0)) receipts[at] = answer
      if (queue.length === 0) queues.delete(runId)
    }
    const down = answers.find(({ fate }) => fate === 'down')
    if (down === undefined) continue
    for (const at of [...queues.values()].flat()) receipts[at] = down
    return receipts
  }
  return receipts
}
