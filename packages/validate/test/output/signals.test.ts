import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createDuckdb, open } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { newFolder } from '../folder.ts'
import { newScript } from '../script.ts'

const { folder } = newFolder()
const HALF = 60_000

/** Where the engine puts aside what it needs meanwhile. */
function temporary(into: string): string {
  const path = `${into}-temporary`
  mkdirSync(path, { recursive: true })
  return path
}

/** A process that writes the failures and the rows of both kinds, one in two of each. */
function run(into: string, source: string, [failures, good, bad]: readonly string[]): ChildProcess {
  const path = join(folder, source)
  if (!existsSync(path)) {
    const csv = `a\n${'12345678\n3\n'.repeat(HALF)}`
    writeFileSync(path, source.endsWith('.csv') ? csv : '{"a":12345678,"b":"words"}\n{"a": 3}\n'.repeat(HALF))
  }
  const script = newScript(
    folder,
    'both',
    `const stop = new AbortController()
     process.on('SIGTERM', () => stop.abort())
     await validate(await open('../${source}'), z.object({ a: z.int().max(9) }), {
       failures: '${failures}', split: { good: '${good}', bad: '${bad}' }, signal: stop.signal,
     }).then(() => console.log('done'), (error) => console.log(error.code ?? error.stack))`,
  )
  const env = { ...process.env, TMPDIR: temporary(into) }
  return spawn(process.execPath, [script], { cwd: into, env, stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Sends a signal once a target is in the making: what then stands beside its place has bytes. */
async function signalled(child: ChildProcess, into: string, target: string, signal: NodeJS.Signals): Promise<string> {
  let printed = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const closed = once(child, 'close')
  const isMade = (): boolean =>
    readdirSync(into).some(
      (name) =>
        name.startsWith(`.${target}.`) && (statSync(join(into, name), { throwIfNoEntry: false })?.size ?? 0) > 0,
    )
  while (child.exitCode === null && !isMade()) await pause(2)
  child.kill(signal)
  await closed
  return printed
}

/** How many rows each file has; nothing where it is not there. It must be whole. */
async function rowsOf(into: string, files: readonly string[]): Promise<(number | undefined)[]> {
  const engine = await createDuckdb({ threads: 1 })
  try {
    return await Promise.all(
      files.map(async (file) => {
        const path = join(into, file)
        if (!existsSync(path)) return undefined
        if (file.endsWith('.json')) return (JSON.parse(readFileSync(path, 'utf8')) as unknown[]).length
        return (await open(path, { engine })).count()
      }),
    )
  } finally {
    await engine.close()
  }
}

// The process of a test cannot be sent signals.
describe.skipIf(process.platform === 'win32').each([
  ['a table', 'rows.csv', ['f.parquet', 'g.csv.gz', 'b.arrow']],
  ['JSON objects', 'rows.jsonl', ['f.csv', 'g.json', 'b.jsonl']],
])('of %s', (_what, source, files) => {
  const into = join(folder, source.replace('.', '-'))
  mkdirSync(into)

  // It may be done before it is to stop.
  test.each(files.map((file) => [file]))(
    'a run that is to stop while it writes %s leaves nothing of it',
    { retry: 3 },
    async (file) => {
      expect(await signalled(run(into, source, files), into, file, 'SIGTERM')).toBe('DS_ABORTED\n')
      for (const rows of await rowsOf(into, files)) expect([undefined, HALF]).toContain(rows)
      expect([...readdirSync(into), ...readdirSync(temporary(into))].filter((name) => !files.includes(name))).toEqual(
        [],
      )
    },
  )

  test.each(files.map((file) => [file]))(
    'a run that is killed while it writes %s leaves no half file',
    async (file) => {
      await signalled(run(into, source, files), into, file, 'SIGKILL')
      for (const rows of await rowsOf(into, files)) expect([undefined, HALF]).toContain(rows)
    },
  )

  test('two at once write whole ones, and what killed ones have left goes', async () => {
    const children = [run(into, source, files), run(into, source, files)]
    await Promise.all(children.map((child) => once(child, 'close')))
    expect(await rowsOf(into, files)).toEqual(files.map(() => HALF))
    expect(readdirSync(into).toSorted()).toEqual(files.toSorted())
  })
})
