import { isDayshiftError } from '@dayshift/core/ground'
import type { RunEvent } from './event.ts'
import type { Receipt } from './transport.ts'

/** So many in a row that the server fails over are no longer due to what is in them. */
const IN_A_ROW = 3

/** Sends events of different runs one by one, until the other side is seen not to be there. */
export async function oneByOne(
  events: readonly RunEvent[],
  send: (event: RunEvent) => Promise<unknown>,
): Promise<Receipt[]> {
  const receipts: Receipt[] = []
  let failed = 0
  for (const event of events) {
    const last = receipts.at(-1)
    if (last && (last.fate === 'down' || failed >= IN_A_ROW)) receipts.push({ ...last, fate: 'down' })
    else receipts.push(await receiptOf(send(event)))
    failed = receipts.at(-1)?.fate === 'later' ? failed + 1 : 0
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
