import { isDayshiftError } from '@dayshift/core/ground'
import { runIdOf, type LineageEvent } from './lineage-event.ts'
import type { Receipt } from './transport.ts'

/** So many in a row that the server fails over are no longer due to what is in them. */
const IN_A_ROW = 3

/**
 * Sends events one by one, until the other side is seen not to be there. Where it fails over one, those of the same run that
 * come behind are not sent.
 */
export async function oneByOne(
  events: readonly LineageEvent[],
  send: (event: LineageEvent) => Promise<unknown>,
): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  const stuck = new Map<string, Receipt>()
  let failed = 0
  let down: Receipt | undefined
  for (const event of events) {
    const runId = runIdOf(event)
    const before = down ?? (runId === undefined ? undefined : stuck.get(runId))
    const receipt = before ?? (await receiptOf(send(event)))
    receipts.push(receipt)
    if (before) continue
    failed = receipt.fate === 'later' ? failed + 1 : 0
    if (receipt.fate === 'later' && runId !== undefined) stuck.set(runId, receipt)
    if (receipt.fate === 'down' || failed === IN_A_ROW) down = { ...receipt, fate: 'down' }
  }
  return receipts
}

async function receiptOf(sending: Promise<unknown>): Promise<Receipt> {
  try {
    await sending
    return { fate: 'taken' }
  } catch (error) {
    const code = isDayshiftError(error) ? error.code : undefined
    return {
      fate: code === 'DS_LINEAGE_REJECTED' ? 'rejected' : code === 'DS_LINEAGE_UNABLE' ? 'later' : 'down',
      error,
    }
  }
}
