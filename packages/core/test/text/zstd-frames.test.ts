import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open } from '../../src/open.ts'
import { checkZstd } from '../../src/text/zstd-frames.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()

test.each(['a.csv.zst', 'b.jsonl.zst'])('%s that was cut off anywhere is an error; whole, it is read', async (name) => {
  const rows = Array.from({ length: 50_000 }, (_, at) => ({ id: at, text: `text ${(at * 7919) % 1000}` }))
  const path = join(folder.path, name)
  await (await open(rows)).write(path)
  expect(await (await open(path)).count()).toBe(50_000)
  const bytes = readFileSync(path)
  for (const cut of [1, 4, 8, 1000, Math.floor(bytes.length / 2)]) {
    const torn = folder.write(`${cut}-${name}`, bytes.subarray(0, -cut))
    await expect(open(torn)).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED', where: torn })
  }
})

test('several frames, skippable ones, and what is behind them', async () => {
  const path = join(folder.path, 'one.csv.zst')
  await (await open([{ a: 1 }])).write(path)
  const frame = readFileSync(path)
  const skipped = Buffer.concat([Buffer.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0), Buffer.from('abc')])
  await checkZstd(folder.write('two.zst', Buffer.concat([frame, skipped, frame])))
  await expect(
    checkZstd(folder.write('more.zst', Buffer.concat([frame, Buffer.from('garbage')]))),
  ).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
  })
  await expect(checkZstd(folder.write('none.zst', 'a,b\n1,2\n'))).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED' })
})
