import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, open, type Engine } from '../../packages/core/src/index.ts'
import { readContract, validate, writeContract } from '../../packages/validate/src/index.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS, VERSIONS } from '../peers.ts'
import { question } from '../pandera/random-contracts.ts'
import { fieldQuestion, toldDifference } from './table-schemas.ts'

const { frictionless: FRICTIONLESS, datacontract: DATACONTRACT } = VERSIONS
const SEED = 20_261_123
const run = promisify(execFile)

let engine: Engine
let bin = ''
const folder = mkdtempSync(join(tmpdir(), 'dayshift-formats-'))

beforeAll(async () => {
  if (!canInstall) return
  bin = await installPeer(PYTHON_PEERS.formats)
  engine = await createDuckdb({ threads: 2 })
})
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
    const theirs = await frictionless(folder, ours.length)
    const wrong = ours.flatMap((holds, at) =>
      theirs[at]?.holds === holds ? [] : [{ ours: holds, ...theirs[at], sql: questions[at]?.sql, at }],
    )
    console.log(`frictionless ${FRICTIONLESS}: ${ours.length} random contracts, ${wrong.length} differ`)
    expect(wrong).toEqual([])
    expect(ours.filter(Boolean).length).toBeGreaterThan(30)
  }, 200_000)

  test(`frictionless ${FRICTIONLESS} says of random fields and cells what we say`, async () => {
    const questions = fc.sample(fieldQuestion, { numRuns: 400, seed: SEED })
    const asked = mkdtempSync(join(folder, 'fields-'))
    const ours: { holds: boolean; notes: number; why: string }[] = []
    for (const [at, { cell, schema }] of questions.entries()) {
      const csv = join(asked, `${at}.csv`)
      writeFileSync(csv, `row,a\n1,"${cell}"\n`)
      writeFileSync(join(asked, `${at}.json`), JSON.stringify(schema))
      const { contract, notes } = await readContract(JSON.stringify(schema))
      const report = await validate(await open(csv, { engine }), contract)
      const why = report.findings.map(({ message }) => message).join('; ')
      ours.push({ holds: report.status !== 'fail', notes: notes.length, why })
    }
    const theirs = await frictionless(asked, questions.length)
    const wrong = questions.flatMap((one, at) => {
      const isSame = [ours[at]?.holds, null].includes(theirs[at]?.holds)
      // What is told is no surprise.
      return isSame || ours[at]?.notes !== 0 ? [] : [{ ...one, ours: ours[at], theirs: theirs[at] }]
    })
    const told = wrong.filter((one) => toldDifference(one) !== undefined)
    console.log(
      `frictionless ${FRICTIONLESS}: ${questions.length} random fields and cells, ${told.length} differ as the docs tell, ` +
        `${wrong.length - told.length} else`,
    )
    expect(wrong.filter((one) => !told.includes(one)).map((one) => JSON.stringify(one))).toEqual([])
    expect(ours.filter(({ notes }) => notes > 0).length).toBeLessThan(questions.length / 5)
    expect(ours.filter(({ holds }) => holds).length).toBeGreaterThan(100)
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

/** What frictionless says of the files of a folder, in their order; null where it breaks off. */
async function frictionless(files: string, count: number): Promise<{ holds: boolean | null; said: unknown }[]> {
  const script = fileURLToPath(new URL('frictionless-judge.py', import.meta.url))
  const { stdout } = await run(join(bin, 'python'), [script, files, String(count)], { maxBuffer: 1 << 26 })
  return JSON.parse(stdout) as { holds: boolean | null; said: unknown }[]
}
