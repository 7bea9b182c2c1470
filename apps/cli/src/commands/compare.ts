import { relative, resolve } from 'node:path'
import { compareContracts, type Difference } from '@dayshift/validate'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { contractIn, loadContract } from '../contracts.ts'
import type { ListedItem } from '../listing.ts'
import { fileOf } from '../modules.ts'
import { itemLines } from '../render/listed.ts'
import { count } from '../render/words.ts'

const SIDES = ['readers', 'writers', 'both'] as const

export const command = defineCommand({
  name: 'compare',
  summary: 'say what a new contract breaks',
  usage: '<old contract> <new contract>',
  description: [
    'Says how a contract differs from an older one, and whom each difference breaks: readers, who may meet what was ruled out',
    'before, or writers, whose data may fail now. Exit 1 where something breaks.',
  ],
  flags: {
    for: { type: 'string', value: 'SIDE', help: 'readers, writers or both: whom to fail for (default: both)' },
  },
  examples: [
    'dayshift compare contracts/orders.v1.ts contracts/orders.v2.ts',
    'dayshift compare old.ts new.ts --for writers',
  ],
  run: async ({ flags, positionals, cwd, terminal }) => {
    const side = flags.for ?? 'both'
    if (!SIDES.some((one) => one === side)) {
      throw failure('DS_USAGE', `--for is ${SIDES.join(', ')}, not '${side}'`)
    }
    const [first, second, third] = positionals
    if (first === undefined || second === undefined || third !== undefined) {
      throw failure('DS_USAGE', 'compare takes two contracts, the old one and the new one')
    }
    const [before, after] = [contractIn(await loadContract(first, cwd)), contractIn(await loadContract(second, cwd))]
    const differences = compareContracts(before, after)
    const breaks = differences.filter(
      ({ breaksReaders, breaksWriters }) =>
        (breaksReaders && side !== 'writers') || (breaksWriters && side !== 'readers'),
    )
    const items = differences.map((one) => itemOf(one, breaks.includes(one)))
    const whom = side === 'both' ? 'readers or writers' : side
    const verb = breaks.length === 1 ? 'breaks' : 'break'
    const summary =
      items.length === 0 ? SAME : `${breaks.length} of ${count(items.length, 'difference')} ${verb} ${whom}`
    const file = relative(cwd, resolve(cwd, fileOf(second, cwd)))
    return {
      reports: [],
      result: { differences, breaking: breaks.length },
      text: items.length === 0 ? [SAME] : items.flatMap((item) => itemLines(item, terminal)),
      listing: { command: 'compare', subject: `${first} → ${second}`, file, summary, items },
      fails: breaks.length > 0,
    }
  },
})

const SAME = 'the contracts say the same'

/** @param counts whether it breaks the side that is looked at */
function itemOf(difference: Difference, counts: boolean): ListedItem {
  const { message, breaksReaders, breaksWriters } = difference
  const whom = [...(breaksReaders ? ['readers'] : []), ...(breaksWriters ? ['writers'] : [])]
  return {
    kind: `breaks ${whom.join(' and ') || 'nobody'}`,
    message,
    verdict: counts ? 'fails' : whom.length > 0 ? 'warns' : 'holds',
    data: difference,
  }
}
