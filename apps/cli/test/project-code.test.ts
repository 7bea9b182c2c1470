import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dayshift, newFolder, start } from './cli.ts'

const folder = newFolder()
writeFileSync(join(folder, 'x.csv'), 'a,b\n1,2\n')

function contract(name: string, code: string): string {
  writeFileSync(join(folder, name), `import { z } from 'zod'\n${code}\n`)
  return name
}

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
  'a module that does not come to its end while it is loaded is stopped by %s',
  async (signal) => {
    const name = contract('loops.mjs', "process.stderr.write('loaded ')\nwhile (true) {}")
    const running = start(folder, ['validate', 'x.csv', '--contract', name])
    await running.until(({ stderr }) => stderr.includes('loaded'))
    running.child.kill(signal)
    await running.ended
    expect(running.child.signalCode).toBe(signal)
  },
)

test('a contract that keeps a timer open does not keep the run from its end', async () => {
  const name = contract('timer.mjs', 'setInterval(() => {}, 1000)\nexport default z.object({ a: z.int(), b: z.int() })')
  const { code, stdout } = await dayshift(folder, ['validate', 'x.csv', '--contract', name, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'pass' })
})

test('a quarantine that is a folder holds broken lines beside good and bad rows', async () => {
  writeFileSync(join(folder, 'lines.csv'), 'a,c\n1,x\n2\n3,y,z\n4,ww\n')
  const name = contract('lines.mjs', 'export default z.object({ a: z.int(), c: z.string().max(1) })')
  const words = ['validate', 'lines.csv', '--contract', name, '--bad-lines', 'quarantine', '--quarantine']
  expect((await dayshift(folder, [...words, 'apart/'])).code).toBe(1)
  const files = ['bad.csv', 'failures.jsonl', 'good.csv', 'lines.csv.bad-lines.jsonl']
  expect(readdirSync(join(folder, 'apart')).toSorted()).toEqual(files)
  expect(readFileSync(join(folder, 'apart', 'bad.csv'), 'utf8')).toBe('a,c\n4,ww\n')
  expect((await dayshift(folder, [...words, 'lines.jsonl'])).code).toBe(1)
  expect(existsSync(join(folder, 'lines.jsonl'))).toBe(true)
})
