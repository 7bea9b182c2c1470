import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open } from '../src/open.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()
const path = (name: string): string => join(folder.path, name)
const built = join(import.meta.dirname, '../dist/index.js')

/** A script over the built package, whose engine keeps what it must in a folder of this test's. */
function script(name: string, body: string, engine: object = {}): string {
  const file = path(`${name}.mjs`)
  mkdirSync(path(`${name}-temp`))
  const options = JSON.stringify({ threads: 2, tempDirectory: path(`${name}-temp`), ...engine })
  writeFileSync(
    file,
    `import { createDuckdb, open } from ${JSON.stringify(built)}
     process.on('SIGXFSZ', () => undefined)
     const engine = await createDuckdb(${options})
     const say = (word) => process.stdout.write(word + '\\n')
     const done = (work) => work.then(() => say('done'), (error) => say(error.code ?? error.stack))
     ${body}
     await engine.close()`,
  )
  return file
}

const ROWS = Array.from({ length: 60_000 }, (_, at) => `${at},some words of text ${at * 7919}\n`).join('')

// A limit on the size of files makes the system write short, as a full disk does.
test.skipIf(process.platform === 'win32').each<[string, string, object?]>([
  ['a copy of a decoded file', `await done(open('utf16.csv', { engine }))`],
  ['a sample', `await done(open('rows.csv', { engine }).then((rows) => rows.sample({ fraction: 0.9 }).count()))`],
  [
    'what does not fit into memory',
    `await done(engine.query("SELECT md5(range::text) AS m FROM range(4_000_000) ORDER BY m"))`,
    { memoryLimit: '96MB' },
  ],
])('a disk that is full while it takes %s is an error, and leaves nothing', (what, body, engine) => {
  folder.write('rows.csv', `id,t\n${ROWS}`)
  folder.write('utf16.csv', Buffer.from(`\ufeffid,t\n${ROWS}`, 'utf16le'))
  const name = what.replaceAll(' ', '-')
  const file = script(name, body, engine)
  const { stdout } = spawnSync('sh', ['-c', `ulimit -f 1000; exec "${process.execPath}" "${file}"`], {
    cwd: folder.path,
    encoding: 'utf8',
  })
  expect(stdout).toBe('DS_WRITE\n')
  expect(readdirSync(path(`${name}-temp`))).toEqual([])
})

test('a process that is killed while it draws leaves the source as it was, and the next one draws', async () => {
  const source = folder.write('killed.csv', `id,t\n${ROWS.repeat(20)}`)
  const before = readFileSync(source)
  const file = script(
    'killed',
    `const rows = await open('killed.csv', { engine })
     await rows.sample({ fraction: 0.5 }).count({ onProgress: () => say('drawing') })`,
  )
  const child = spawn(process.execPath, [file], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(readFileSync(source).equals(before)).toBe(true)
  expect(await (await open(source)).sample({ rows: 10 }).count()).toBe(10)
})

test('two processes that keep bad lines in one file both end well, and the file is whole', async () => {
  const bad = Array.from({ length: 3000 }, (_, at) => (at % 10 === 0 ? `${at}\n` : `${at},x\n`)).join('')
  folder.write('bad.csv', `id,t\n${bad}`)
  const children: ChildProcess[] = ['one', 'two'].map((name) => {
    const body = `await done(open('bad.csv', { engine, badLines: { quarantine: 'kept.jsonl' } }))`
    return spawn(process.execPath, [script(name, body)], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] })
  })
  const said = await Promise.all(
    children.map(async (child) => {
      let text = ''
      child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
      await once(child, 'close')
      return text
    }),
  )
  expect(said).toEqual(['done\n', 'done\n'])
  const kept = readFileSync(path('kept.jsonl'), 'utf8').trimEnd().split('\n')
  expect(kept.map((line) => (JSON.parse(line) as { record: string }).record)).toEqual(
    Array.from({ length: 300 }, (_, at) => String(at * 10)),
  )
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('a secret in the address of a source stands in no manifest', async () => {
  const uri = 'https://me:hunter2@example.com/a.csv?token=hunter2'
  const frame = await open([{ a: 1 }], {
    dataset: { namespace: 'https://me:hunter2@example.com', name: '/a.csv', uri },
  })
  expect(JSON.stringify(await frame.sample({ rows: 1 }).manifest())).not.toContain('hunter2')
})
