import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../folder.ts'
import { newScript } from '../script.ts'

const { folder } = newFolder()

/** Numbers that cannot be packed. */
const NUMBERS = Array.from({ length: 40_000 }, (_, at) => 10_000_000 + ((at * 2_654_435_761) % 89_999_999))

/** Runs a contract that nothing fulfils for each of some targets, of files of 60 kB at most. */
function filled(what: string, source: string, targets: readonly string[]): { codes: string[]; left: string[] } {
  writeFileSync(join(folder, 'many.csv'), `a,b\n${NUMBERS.map((number) => `${number},${number}\n`).join('')}`)
  writeFileSync(join(folder, 'many.jsonl'), NUMBERS.map((number) => `{"a":${number}}\n`).join(''))
  const into = join(folder, `${what}-${source}`)
  mkdirSync(into)
  const script = newScript(
    folder,
    `full-${what}-${source}`,
    `process.on('SIGXFSZ', () => undefined)
     for (const target of ${JSON.stringify(targets.map((name) => join(into, name)))}) {
       const options = ${what === 'failures' ? '{ failures: target }' : `{ split: { ${what}: target } }`}
       const schema = z.int().${what === 'good' ? 'min(0)' : 'max(3)'}
       await validate(await open('${source}'), z.object({ a: schema }), options).then(
         () => console.log('done'), (error) => console.log(error.code ?? error.stack))
     }`,
  )
  const { stdout } = spawnSync('sh', ['-c', `ulimit -f 120; exec "${process.execPath}" "${script}"`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: into },
  })
  return { codes: stdout.trim().split('\n'), left: readdirSync(into) }
}

// A limit on the size of files makes the system write short, as a full disk does.
test.skipIf(process.platform === 'win32').each([
  ['failures', 'many.csv', ['f.jsonl', 'f.csv', 'f.tsv.zst', 'f.parquet', 'f.arrow', 'f.json', 'f.jsonl.gz']],
  ['good', 'many.csv', ['g.csv', 'g.csv.gz', 'g.parquet', 'g.arrow', 'g.json', 'g.jsonl.zst']],
  ['bad', 'many.csv', ['b.csv', 'b.csv.gz', 'b.parquet', 'b.arrow', 'b.json', 'b.jsonl.zst']],
  ['good', 'many.jsonl', ['g.jsonl', 'g.json', 'g.jsonl.gz', 'g.csv', 'g.parquet']],
  ['bad', 'many.jsonl', ['b.jsonl', 'b.json', 'b.jsonl.gz', 'b.csv', 'b.parquet']],
])('a disk that is full is an error of %s of %s, and leaves nothing', (what, source, targets) => {
  expect(filled(what, source, targets)).toEqual({ codes: targets.map(() => 'DS_WRITE'), left: [] })
})

test.skipIf(!existsSync('/dev/full'))('a device that is full is an error', () => {
  const script = newScript(
    folder,
    'full-device',
    `await validate(await open('many.csv'), z.object({ a: z.int().max(3) }), { failures: '/dev/full' }).then(
       () => console.log('done'), (error) => console.log(error.code ?? error.stack))`,
  )
  const { stdout } = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8' })
  expect([stdout, existsSync('/dev/full')]).toEqual(['DS_WRITE\n', true])
})
