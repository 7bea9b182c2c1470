import { spawn, spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { writeAlertState } from '../src/alerts/state-file.ts'
import { writeAtomically } from '../src/atomic.ts'
import { failure } from '../src/codes.ts'
import { temporaryFor } from '../src/temporary.ts'
import { writeFolderAtomically } from '../src/writing/atomic-folder.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()

test('the file is made beside its place, and is there whole', async () => {
  const path = join(folder.path, 'a.txt')
  let beside = ''
  await writeAtomically(path, async (temporary) => {
    beside = temporary
    await writeFile(temporary, 'new')
    expect(existsSync(path)).toBe(false)
  })
  expect([dirname(beside), readFileSync(path, 'utf8')]).toEqual([folder.path, 'new'])
  expect(readdirSync(folder.path)).toEqual(['a.txt'])
})

test.each<[string, Error, string]>([
  ['an error of the system', Object.assign(new Error('full'), { code: 'ENOSPC' }), 'DS_WRITE'],
  ['an error of ours', failure('DS_QUERY', 'no'), 'DS_QUERY'],
])('%s leaves the old file, and nothing else', async (_, error, code) => {
  const path = folder.write('kept/b.txt', 'old')
  const writing = writeAtomically(path, async (temporary) => {
    writeFileSync(temporary, 'half')
    await Promise.reject(error)
  })
  await expect(writing).rejects.toMatchObject({ code })
  expect([readFileSync(path, 'utf8'), readdirSync(dirname(path))]).toEqual(['old', ['b.txt']])
})

test('nothing is made for a place that cannot be', async () => {
  let made = false
  const writing = writeAtomically(join(folder.path, 'nowhere', 'c.txt'), async () => {
    made = true
    await Promise.resolve()
  })
  await expect(writing).rejects.toMatchObject({ code: 'DS_WRITE' })
  expect(made).toBe(false)
})

test.skipIf(process.platform === 'win32')('a pipe stays one, and gets the bytes', async () => {
  const pipe = join(folder.path, 'pipe')
  spawnSync('mkfifo', [pipe])
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [read] = await Promise.all([
    text(reader.stdout),
    writeAtomically(pipe, (temporary) => writeFile(temporary, 'through')),
  ])
  expect(read).toBe('through')
  expect(lstatSync(pipe).isFIFO()).toBe(true)
})

/** What another process would have called it. */
function leftBy(target: string, pid: number | undefined): string {
  return `${temporaryFor(target)}.tmp`.replace(`-${process.pid}-`, `-${pid}-`)
}

test('what killed processes left of the same file or folder is removed, and nothing else', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', ''])
  const living = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
  const file = folder.write('left/d.txt', 'old')
  const tree = join(dirname(file), 'tree')
  const kept = [
    leftBy(file, living.pid),
    leftBy(tree, living.pid),
    `${temporaryFor(file)}.tmp`,
    leftBy(join(dirname(file), 'other.txt'), dead),
    leftBy(file, dead).replace(/[0-9a-f]{6}-/, 'ffffff-'),
    leftBy(file, dead).replace(/\.tmp$/, '.old'),
  ]
  for (const path of [...kept, leftBy(file, dead), leftBy(file, dead)]) writeFileSync(path, '')
  mkdirSync(leftBy(tree, dead))
  await writeAtomically(file, (path) => writeFile(path, 'new'))
  await writeFolderAtomically(tree, false, (path) => writeFile(join(path, 'a.csv'), 'a\n'))
  living.kill()
  const expected = [...kept.map((path) => basename(path)), 'd.txt', 'tree']
  expect(readdirSync(dirname(file)).toSorted()).toEqual(expected.toSorted())
})

test.skipIf(process.platform === 'win32')(
  'a pipe that nobody reads from keeps nobody, and none is written where a file belongs',
  async () => {
    const pipe = join(folder.path, 'state')
    spawnSync('mkfifo', [pipe])
    const began = Date.now()
    const writing = writeAtomically(pipe, (temporary) => writeFile(temporary, 'lost'), { refusesPipes: true })
    await expect(writing).rejects.toMatchObject({ code: 'DS_WRITE', where: pipe })
    await expect(writeAlertState(pipe, new Map())).rejects.toMatchObject({ code: 'DS_WRITE', where: pipe })
    expect(Date.now() - began).toBeLessThan(5000)
    expect(lstatSync(pipe).isFIFO()).toBe(true)
  },
)

test.skipIf(process.platform === 'win32')('a reader that comes late gets the bytes', async () => {
  const pipe = join(folder.path, 'late')
  spawnSync('mkfifo', [pipe])
  const writing = writeAtomically(pipe, (temporary) => writeFile(temporary, 'through'))
  await sleep(200)
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [read] = await Promise.all([text(reader.stdout), writing])
  expect(read).toBe('through')
})

test('a name as long as file systems take is written to, and read back', async () => {
  const long = `${'x'.repeat(120)}${'ü'.repeat(62)}.txt`
  const file = folder.write(`long/${long}`, 'old')
  writeFileSync(leftBy(file, spawnSync(process.execPath, ['-e', '']).pid), '')
  await writeAtomically(file, (path) => writeFile(path, 'new'))
  expect(readdirSync(dirname(file))).toEqual([long])
  expect(readFileSync(file, 'utf8')).toBe('new')
})
