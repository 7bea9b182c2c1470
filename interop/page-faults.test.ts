import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-page-faults-'))
const kept = join(folder, '.dayshift')

beforeAll(() => {
  spawnSync(process.execPath, [program, 'init', '--example'], { cwd: folder })
  spawnSync(process.execPath, [program, 'run'], { cwd: folder })
}, 120_000)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Whether this user may mount a small disk of its own. */
const canMount =
  spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt'], { stdio: 'ignore' }).status === 0

test.skipIf(!canMount)(
  'on a full disk a page is not written, the one before stays whole, and it is once there is room',
  () => {
    const script = `set -e
mount -t tmpfs -o size=6m tmpfs "$1"
cp -r "$2/." "$1"
cd "$1"
node "$3" report > /dev/null
sum="$(cksum < .dayshift/report.html)"
dd if=/dev/zero of=filler bs=1k 2> /dev/null || true
for words in "report" "diff batches/good.csv batches/bad.csv --output diff.html" "profile readings --output profile.html"; do
  code=0
  node "$3" $words > said.txt 2> /dev/shm/page-faults-$$ || code=$?
  echo "$code $(grep -o 'DS_WRITE' /dev/shm/page-faults-$$ | head -n 1) $(grep -c '^    at ' /dev/shm/page-faults-$$ || true)"
done
rm -f /dev/shm/page-faults-$$
[ "$sum" = "$(cksum < .dayshift/report.html)" ] && echo same
find . -path ./.git -prune -o -name '*.tmp' -print
ls diff.html profile.html 2> /dev/null || true
rm filler
node "$3" report > /dev/null
tail -c 8 .dayshift/report.html`
    const place = mkdtempSync(join(tmpdir(), 'dayshift-full-'))
    try {
      const said = execFileSync('unshare', ['-rm', 'sh', '-c', script, 'sh', place, folder, program], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      expect(said.trim().split('\n')).toEqual([
        '3 DS_WRITE 0',
        '3 DS_WRITE 0',
        '3 DS_WRITE 0',
        'same',
        expect.stringContaining('</html>'),
      ])
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  },
  120_000,
)

test('killed while a page is written, it is the one before or the new one; what was left goes with the next', async () => {
  const page = join(kept, 'report.html')
  writeFileSync(page, 'before')
  const drafts = (): string[] => readdirSync(kept).filter((name) => name.includes('report.html.'))
  let torn = 0
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, [program, 'report'], { cwd: folder, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.on('close', resolve))
    while (child.exitCode === null && drafts().length === 0) await sleep(0)
    child.kill('SIGKILL')
    await ended
    torn += drafts().length
    expect(readFileSync(page, 'utf8')).toMatch(/^before$|<\/html>\s*$/)
  }
  const { status } = spawnSync(process.execPath, [program, 'report'], { cwd: folder })
  expect([status, drafts()]).toEqual([0, []])
  expect(readFileSync(page, 'utf8')).toMatch(/<\/html>\s*$/)
  expect(torn).toBeLessThanOrEqual(3)
}, 120_000)
