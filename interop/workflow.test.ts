import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canInstall } from './peer.ts'
import { dvc, env, installDvc } from './real-dvc.ts'

const program = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'dayshift.js')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-workflow-'))

beforeAll(async () => {
  if (canInstall) await installDvc()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function dayshift(...words: readonly string[]): string {
  return execFileSync(process.execPath, [program, ...words], { cwd: folder, env: { ...env }, encoding: 'utf8' })
}

describe.skipIf(!canInstall)('a project that dayshift ran, in the hands of the real DVC', () => {
  test('dvc status is clean, and dvc checkout brings the data back byte for byte', async () => {
    dayshift('init', '--example')
    dayshift('run')
    const data = join(folder, 'data', 'readings.csv')
    const before = readFileSync(data)
    expect(await dvc(folder, 'status')).toContain('Data and pipelines are up to date.')
    expect(await dvc(folder, 'data', 'status')).toContain('No changes.')
    rmSync(data)
    expect(await dvc(folder, 'status')).toContain('deleted')
    await dvc(folder, 'checkout')
    expect(readFileSync(data).equals(before)).toBe(true)
    expect(await dvc(folder, 'status')).toContain('Data and pipelines are up to date.')
  })

  test('a version that DVC adds is the version that dayshift sees, and the other way round', async () => {
    const data = join(folder, 'data', 'readings-last-month.csv')
    await dvc(folder, 'add', data)
    const written = readFileSync(`${data}.dvc`, 'utf8')
    const { mtimeMs } = statSync(`${data}.dvc`)
    const document = JSON.parse(dayshift('version', data, '--no-commit', '--json')) as {
      reports: { facts: { files: { changed: boolean }[] } }[]
    }
    expect(document.reports[0]?.facts.files[0]?.changed).toBe(false)
    expect(statSync(`${data}.dvc`).mtimeMs).toBe(mtimeMs)
    expect(readFileSync(`${data}.dvc`, 'utf8')).toBe(written)
    expect(await dvc(folder, 'status')).toContain('Data and pipelines are up to date.')
  })
})
