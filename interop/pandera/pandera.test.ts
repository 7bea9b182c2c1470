import { execFile } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, isDayshiftError, open, type Engine } from '../../packages/core/src/index.ts'
import { readContract, validate, writeContract } from '../../packages/validate/src/index.ts'
import { schemaQuestion } from './schemas.ts'
import { canInstall, installPeer, peerHome, pip } from '../peer.ts'
import { PYTHON_PEERS, VERSIONS } from '../peers.ts'
import { question } from './random-contracts.ts'

const PANDERA = VERSIONS.pandera
const PEER = PYTHON_PEERS.pandera.name
const run = promisify(execFile)

/** A schema of Pandera's own tests, the data that it was asked about, and whether the data held. */
interface Case {
  readonly schema: string
  readonly file: string
  readonly holds: boolean
  readonly said: readonly string[]
}

let engine: Engine
let bin = ''
let cases: readonly Case[] = []
const recorded = join(peerHome(PEER), 'recorded')

beforeAll(async () => {
  if (!canInstall) return
  bin = await installPeer(PYTHON_PEERS.pandera)
  engine = await createDuckdb({ threads: 2 })
  if (!existsSync(join(recorded, 'cases.json'))) await record()
  cases = JSON.parse(readFileSync(join(recorded, 'cases.json'), 'utf8')) as Case[]
})
afterAll(() => engine?.close())

/** Runs Pandera's own tests, as its source package has them, and keeps what they ask. */
async function record(): Promise<void> {
  const folder = join(peerHome(PEER), 'source')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  await pip(bin, ['download', '--no-deps', '--no-binary', ':all:', `pandera==${PANDERA}`], folder)
  const [archive = ''] = readdirSync(folder)
  await run('tar', ['xzf', archive], { cwd: folder })
  // Without what needs other packages, and without settings that switch checks off.
  const left = [
    'test_pandas_parallel',
    'test_pandas_config',
    'test_validation_depth',
    'test_dtypes',
    'test_multithreaded',
  ]
  const ignored = left.map((name) => `--ignore=tests/pandas/${name}.py`)
  await run(
    join(bin, 'python'),
    [
      script('record.py'),
      recorded,
      '--',
      'tests/pandas',
      'tests/io',
      'tests/common',
      '--continue-on-collection-errors',
      ...ignored,
    ],
    { cwd: join(folder, `pandera-${PANDERA}`), maxBuffer: 1 << 28 },
  )
  await run(join(bin, 'python'), [script('judge.py'), recorded])
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** What differs for a reason that has nothing to do with a check, by what we say of it. */
const REASONS: ReadonlyMap<RegExp, string> = new Map([
  [/is stored as INTEGER, not as string/, 'a column without any value, which pyarrow stores without a type'],
  [/unique: there is no column/, 'a key of columns that the schema does not have, which Pandera passes over'],
])

describe.runIf(canInstall)(`schemas of Pandera ${PANDERA}`, () => {
  test('our verdicts on its own test cases are its own', async () => {
    const counts = { same: 0, told: 0, different: 0 }
    const wrong: object[] = []
    for (const { schema, file, holds, said } of cases) {
      const { verdict, notes, why } = await ours(schema, file)
      if (verdict === holds) counts.same++
      // What cannot be carried over is told.
      else if (notes > 0) counts.told++
      else if ([...REASONS.keys()].some((reason) => reason.test(why))) counts.different++
      else wrong.push({ schema, file, holds, said, why })
    }
    console.log(
      `Pandera ${PANDERA}: ${counts.same} of ${cases.length} cases of its tests with the same verdict, ` +
        `${counts.told} others with a note of what is not carried over, ${counts.different} different for ${[...REASONS.values()].join(', or ')}`,
    )
    expect(wrong).toEqual([])
    expect(cases.length).toBeGreaterThan(550)
    expect(counts.different).toBeLessThan(4)
    expect(counts.same / cases.length).toBeGreaterThan(0.97)
  }, 120_000)

  test('what was read of them and is written again has the same verdicts', async () => {
    const again: Case[] = []
    for (const one of cases) {
      const read = await readContract(one.schema).catch(() => undefined)
      if (!read || read.notes.length > 0) continue
      const { text, notes } = await writeContract(read.contract, 'pandera')
      if (notes.length === 0) again.push({ ...one, schema: text })
    }
    const folder = mkdtempSync(join(tmpdir(), 'dayshift-pandera-'))
    for (const { file } of again) copyFileSync(join(recorded, file), join(folder, file))
    const answers = await judged(folder, again)
    const wrong = again.filter(({ holds }, at) => answers[at]?.holds !== holds)
    console.log(
      `Pandera ${PANDERA}: ${again.length - wrong.length} of ${again.length} schemas written again, same verdict`,
    )
    expect(wrong).toEqual([])
    expect(answers.length).toBe(again.length)
    expect(again.length).toBeGreaterThan(500)
    rmSync(folder, { recursive: true })
  }, 120_000)
})

describe.runIf(canInstall)(`contracts written for Pandera ${PANDERA}`, () => {
  test('Pandera says of random data what we say', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dayshift-pandera-'))
    const questions = fc.sample(question, { numRuns: 250, seed: 20_261_123 })
    const asked: { schema: string; file: string; holds: boolean }[] = []
    for (const { contract, sql } of questions) {
      const { text, notes } = await writeContract(contract, 'pandera')
      expect(notes).toEqual([])
      const file = `${asked.length}.parquet`
      await engine.query(`COPY (${sql}) TO '${join(folder, file)}' (FORMAT parquet)`)
      const report = await validate(await open(join(folder, file), { engine }), contract)
      asked.push({ schema: text, file, holds: report.status !== 'fail' })
    }
    const answers = await judged(folder, asked)
    const wrong = asked.flatMap((one, at) => (answers[at]?.holds === one.holds ? [] : [{ ...one, ...answers[at], at }]))
    const holding = asked.filter(({ holds }) => holds).length
    console.log(`Pandera ${PANDERA}: ${asked.length} random contracts, ${holding} hold, ${wrong.length} differ`)
    expect(wrong.map(({ at, said, schema }) => ({ said, schema, sql: questions[at]?.sql }))).toEqual([])
    expect(answers.length).toBe(asked.length)
    expect(Math.min(holding, asked.length - holding)).toBeGreaterThan(60)
    rmSync(folder, { recursive: true })
  }, 120_000)
})

describe.runIf(canInstall)(`random schemas for Pandera ${PANDERA}`, () => {
  test('we say of random data what Pandera says, whatever stands twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dayshift-pandera-'))
    const asked: { schema: string; file: string; sql: string; holds: boolean; why: string }[] = []
    for (const { schema, sql } of fc.sample(schemaQuestion, { numRuns: 400, seed: 20_261_128 })) {
      const file = `${asked.length}.parquet`
      await engine.query(`COPY (${sql}) TO '${join(folder, file)}' (FORMAT parquet)`)
      const { verdict, notes, why } = await ours(schema, join(folder, file))
      expect(notes).toBe(0)
      asked.push({ schema, file, sql, holds: verdict, why })
    }
    const answers = await judged(folder, asked)
    const wrong = asked.flatMap((one, at) => (answers[at]?.holds === one.holds ? [] : [{ ...one, ...answers[at] }]))
    const different = wrong.filter(({ sql }) => sql.includes('Infinity'))
    const holding = asked.filter(({ holds }) => holds).length
    console.log(
      `Pandera ${PANDERA}: ${asked.length} random schemas, ${holding} hold, ` +
        `${different.length} differ for an infinite number, ${wrong.length - different.length} else`,
    )
    expect(answers.length).toBe(asked.length)
    expect(
      wrong.filter((one) => !different.includes(one)).map(({ schema, sql, said, why }) => ({ schema, sql, said, why })),
    ).toEqual([])
    expect(holding).toBeGreaterThan(60)
    rmSync(folder, { recursive: true })
  }, 200_000)
})

async function ours(schema: string, file: string): Promise<{ verdict: boolean; notes: number; why: string }> {
  try {
    const { contract, notes } = await readContract(schema)
    const report = await validate(await open(resolve(recorded, file), { engine }), contract)
    const why = report.findings.map(({ message }) => message).join('; ')
    return { verdict: report.status !== 'fail', notes: notes.length, why }
  } catch (error) {
    // What cannot be is refused by both.
    if (!isDayshiftError(error) || !/^DS_CONTRACT_(INVALID|FILE)$/.test(error.code)) throw error
    return { verdict: false, notes: 0, why: error.message }
  }
}

/** What Pandera says of files, in the order asked. */
async function judged(
  folder: string,
  asked: readonly { readonly schema: string; readonly file: string }[],
): Promise<Case[]> {
  writeFileSync(join(folder, 'asked.json'), JSON.stringify(asked))
  await run(join(bin, 'python'), [script('judge.py'), folder])
  return JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Case[]
}
