import { existsSync, readdirSync, readFileSync, writeFileSync, chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Files that dayshift writes and reads again; what was acknowledged lies in some of them. */
const STATE = /^(\.dvc\/(\.gitignore|tmp\/|cache\/)|\.dayshift\/|\.dvcignore|[^/]+\.jsonl$|[^/]+\.dvc$|remote\/)/

const damage = (name, spoil) => ({
  name,
  /** A file is damaged, the command runs, the file is mended as a person would mend it. */
  async inject({ home, start, words, random }) {
    const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((path) => STATE.test(path) && statSync(join(home, path)).isFile() && statSync(join(home, path)).size > 0)
      .sort()
    // Objects are many: of them and of the rest, each second one.
    const objects = files.filter((path) => /^(\.dvc\/cache|remote)\//.test(path))
    const others = files.filter((path) => !objects.includes(path))
    const path = random.pick(random.below(4) === 0 && objects.length > 0 ? objects : others)
    const file = join(home, path)
    const before = readFileSync(file)
    const { mode } = statSync(file)
    chmodSync(file, mode | 0o200)
    const after = spoil(before, random)
    writeFileSync(file, after)
    chmodSync(file, mode)
    const ended = await start(words).ended
    return { results: [ended], what: path, mend: () => mend(home, path, before, after, start) }
  },
})

async function mend(home, path, before, after, start) {
  const file = join(home, path)
  if (path.endsWith('.jsonl')) {
    const mended = []
    // A log is mended by its command: what came to it since stays.
    if (path === 'data_catalog.jsonl') mended.push(await start(['catalog', 'fsck', '--repair', '--json']).ended)
    if (path === 'metadata_log.jsonl') mended.push(await start(['lineage', 'fsck', '--repair', '--json']).ended)
    return { mended, spoiled: [before, after] }
  }
  // What nobody has written anew since is put back from a copy.
  const now = existsSync(file) ? readFileSync(file) : undefined
  if (now?.equals(after)) {
    const { mode } = statSync(file)
    chmodSync(file, mode | 0o200)
    writeFileSync(file, before)
    chmodSync(file, mode)
  }
  return { mended: [] }
}

/** A bit of a byte is another. */
export const flippedBit = damage('flipped bit', (bytes, random) => {
  const spoiled = Buffer.from(bytes)
  spoiled[random.below(bytes.length)] ^= 1 << random.below(8)
  return spoiled
})

/** The end of a file is missing. */
export const cutShort = damage('cut short', (bytes, random) => bytes.subarray(0, random.below(bytes.length)))

/** A block of a file is zeros, as after a power cut. */
export const zeros = damage('zeros', (bytes, random) => {
  const from = random.below(bytes.length)
  return Buffer.from(bytes).fill(0, from, Math.min(bytes.length, from + 1 + random.below(4096)))
})
