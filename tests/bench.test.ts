import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const bench = join(import.meta.dirname, '..', 'bench')

test('bench/README.md says what bench/results do', () => {
  const said = execFileSync(process.execPath, [join(bench, 'all.mjs'), '--check'], { encoding: 'utf8' })
  expect(said).toBe('')
})

test('every result says when and on what it was measured, and fits its name', () => {
  const names = readdirSync(join(bench, 'results'))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const text = readFileSync(join(bench, 'results', name), 'utf8')
    expect(text.length).toBeLessThan(50_000)
    const { bench: by, size, ...told } = JSON.parse(text) as Record<string, unknown>
    expect(`${String(by)}-${String(size)}.json`).toBe(name)
    expect(told).toMatchObject({
      command: expect.stringContaining(`bench/${String(by)}.mjs`) as string,
      when: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      machine: { cores: expect.any(Number) as number, memory: expect.any(Number) as number },
    })
  }
})
