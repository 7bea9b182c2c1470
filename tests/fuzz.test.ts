import { afterAll, expect, test } from 'vitest'
import { readCase } from '../faults/fuzz/fuzz.ts'
import { TARGETS } from '../faults/fuzz/targets.ts'

/** Cases of a target whose reading costs nothing; `npm run fuzz` tries as many as it is given time for. */
const CASES = 48

afterAll(async () => {
  for (const target of TARGETS) await target.close?.()
})

test.each(TARGETS.map((target) => [target.name, target] as const))(
  'whatever bytes are a %s, they are read or refused with a code',
  async (_name, target) => {
    const failed = []
    for (let seed = 1; seed <= Math.ceil(CASES / (target.cost ?? 1)); seed++) {
      const found = await readCase(target, seed)
      if (found) failed.push(`seed ${found.seed}: ${found.why}: ${JSON.stringify(String(found.bytes).slice(0, 300))}`)
    }
    expect(failed).toEqual([])
  },
)
