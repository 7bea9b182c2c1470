import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, open, type Engine } from '../packages/core/src/index.ts'
import { readContract, validate, writeContract } from '../packages/validate/src/index.ts'
import { canInstall, installPeer } from './peer.ts'
import { question } from './random-contracts.ts'

const FRICTIONLESS = '5.21.0'
const DATACONTRACT = '1.2.8'
const SEED = 20_261_123
const run = promisify(execFile)

let engine: Engine
let bin = ''
const folder = mkdtempSync(join(tmpdir(), 'dayshift-formats-'))

beforeAll(async () => {
  if (!canInstall) return
  bin = await installPeer(`formats-${FRICTIONLESS}-${DATACONTRACT}`, [
    `frictionless==${FRICTIONLESS}`,
    `datacontract-cli==${DATACONTRACT}`,
  ])
  engine = await createDuckdb({ threads: 2 })
}, 300_000)
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await engine?.close()
})

describe.runIf(canInstall)('contracts in the formats of others', () => {
  test(`frictionless ${FRICTIONLESS} says of random CSV files what we say`, async () => {
    const questions = fc.sample(question, { numRuns: 150, seed: SEED })
    const ours: boolean[] = []
    for (const [at, { contract, sql }] of questions.entries()) {
      const csv = join(folder, `${at}.csv`)
      await engine.query(`COPY (${sql}) TO '${csv}' (HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ')`)
      const { text, notes } = await writeContract(contract, 'table-schema')
      expect(notes).toEqual([])
      writeFileSync(join(folder, `${at}.json`), text)
      ours.push((await validate(await open(csv, { engine }), contract)).status !== 'fail')
    }
    const script = fileURLToPath(new URL('formats/frictionless-judge.py', import.meta.url))
    const { stdout } = await run(join(bin, 'python'), [script, folder, String(ours.length)], { maxBuffer: 1 << 26 })
    const theirs = JSON.parse(stdout) as { holds: boolean; said: unknown }[]
    const wrong = ours.flatMap((holds, at) =>
      theirs[at]?.holds === holds ? [] : [{ ours: holds, ...theirs[at], sql: questions[at]?.sql, at }],
    )
    console.log(`frictionless ${FRICTIONLESS}: ${ours.length} random contracts, ${wrong.length} differ`)
    expect(wrong).toEqual([])
    expect(ours.filter(Boolean).length).toBeGreaterThan(30)
  }, 200_000)

  test(`datacontract-cli ${DATACONTRACT} finds nothing wrong with what we write`, async () => {
    for (const [at, { contract }] of fc.sample(question, { numRuns: 3, seed: SEED }).entries()) {
      const { text } = await writeContract(contract, 'odcs')
      const file = join(folder, `${at}.odcs.yaml`)
      writeFileSync(file, text)
      const { stdout } = await run(join(bin, 'datacontract'), ['lint', file], {
        env: { ...process.env, NO_COLOR: '1' },
      })
      expect(stdout).toContain('is valid against ODCS v3.1.0')
      expect((await readContract(text)).notes).toEqual([])
    }
  }, 120_000)
})
