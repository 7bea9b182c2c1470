// Kills writers at random instants, fills the disk, lets eight write at once while others compact and repair, and sees after
// each round that nothing is lost that was acknowledged, and that the next one can write.
//
//   node faults/crowd.mjs                          100 rounds
//   node faults/crowd.mjs --rounds 5000 --seed 7 --only log
//
// A writer acknowledges a record on its standard output once the call has returned. What was acknowledged must be there.
import { spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const built = (path) => pathToFileURL(join(root, 'packages', path)).href
const core = built('core/dist/ground.js')
const catalog = built('catalog/dist/index.js')

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: 'log,catalog' },
    quiet: { type: 'boolean', default: false },
  },
})
let state = Number(values.seed) >>> 0
/** A whole number below another, the same ones for the same seed. */
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

const WRITERS = 8
const folder = mkdtempSync(join(tmpdir(), 'dayshift-faults-'))

/** What the processes run. Each line on standard output is what was acknowledged. */
const PROGRAMS = {
  log: `
    import { writeSync } from 'node:fs'
    import { appendJournal } from ${JSON.stringify(core)}
    const [path, writer, records] = process.argv.slice(2)
    const tell = (line) => writeSync(1, line + '\\n')
    for (let at = 0; at < Number(records); at++) {
      const length = at % 23 === 0 ? 600_000 : (at * 37) % 900
      try { appendJournal(path, [{ writer, at, text: 'x'.repeat(length) }]) } catch (error) {
        if (error.code === 'DS_WRITE') { tell('refused ' + at); continue }
        throw error
      }
      tell('done ' + at)
    }`,
  catalog: `
    import { writeSync } from 'node:fs'
    import { register } from ${JSON.stringify(catalog)}
    const [path, writer, records] = process.argv.slice(2)
    const tell = (line) => writeSync(1, line + '\\n')
    for (let at = 0; at < Number(records) / 8; at++) {
      // Half of them change an entry of their own, half one that all change.
      const name = at % 2 === 0 ? 'own' + writer : 'shared'
      const dataset = { namespace: 's3://lake', name, uri: 's3://lake/' + name }
      try {
        const { facts } = await register({ dataset, name, description: writer + ' ' + at, schema: { columns: [] } }, { path })
        tell('done ' + name + ' ' + facts.revision + ' ' + writer + ' ' + at)
      } catch (error) {
        if (['DS_WRITE', 'DS_LOCKED'].includes(error.code)) { tell('refused ' + at); continue }
        throw error
      }
    }`,
  'log compactor': `
    import { compactJournal } from ${JSON.stringify(core)}
    const [path] = process.argv.slice(2)
    for (;;) {
      try {
        await compactJournal(path, async (read) => {
          const all = new Map()
          await read(({ record }) => all.set(record.writer + ' ' + record.at, { writer: record.writer, at: record.at }))
          return all.values()
        })
      } catch (error) { if (!['DS_JOURNAL_DAMAGED', 'DS_WRITE', 'DS_LOCKED'].includes(error.code)) throw error }
    }`,
  'catalog compactor': `
    import { compactCatalog } from ${JSON.stringify(catalog)}
    for (;;) try { await compactCatalog(process.argv[2]) } catch (error) {
      if (!['DS_JOURNAL_DAMAGED', 'DS_WRITE', 'DS_LOCKED'].includes(error.code)) throw error
    }`,
  'log repairer': `
    import { repairJournal } from ${JSON.stringify(core)}
    for (;;) try { await repairJournal(process.argv[2]) } catch (error) { if (!['DS_WRITE', 'DS_LOCKED'].includes(error.code)) throw error }`,
  'catalog repairer': `
    import { repairCatalog } from ${JSON.stringify(catalog)}
    for (;;) try { await repairCatalog(process.argv[2]) } catch (error) { if (!['DS_WRITE', 'DS_LOCKED'].includes(error.code)) throw error }`,
}
for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, `${name.replace(' ', '-')}.mjs`), text)

/** Starts a program; gives the child and what it said once it has ended. */
function start(name, words, limitKb) {
  const program = join(folder, `${name.replace(' ', '-')}.mjs`)
  const shell = `${limitKb === undefined ? '' : `ulimit -f ${limitKb * 2}; `}exec "$0" "$@"`
  const child = spawn('sh', ['-c', shell, process.execPath, program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data) => (said.out += data))
  child.stderr.on('data', (data) => (said.err += data))
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ ...said, code, signal })))
  return { child, ended }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** One round: what went wrong, in words, and what it did. */
async function round(kind, number) {
  const home = join(folder, String(number))
  mkdirSync(home)
  const path = join(home, 'log.jsonl')
  const problems = []
  const fault = ['kill', 'kill', 'full disk', 'none'][random(4)]
  // A limit on the size of files does what a full disk does: writes come out short, or fail.
  const limit = fault === 'full disk' ? (kind === 'log' ? 1500 + random(3000) : 4 + random(20)) : undefined
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    start(kind, [path, String(writer), String(24 + random(40))], limit),
  )
  const others = fault === 'full disk' ? [] : [`${kind} compactor`, `${kind} repairer`].filter(() => random(3) > 0)
  const helpers = others.map((name) => start(name, [path]))
  if (fault === 'kill') {
    for (const { child } of [...writers, ...helpers]) {
      if (random(3) === 0) continue
      setTimeout(() => child.kill('SIGKILL'), 100 + random(600))
    }
  }
  const results = await Promise.all(writers.map(({ ended }) => ended))
  await sleep(20)
  for (const { child } of helpers) child.kill('SIGKILL')
  const helped = await Promise.all(helpers.map(({ ended }) => ended))
  for (const { err, code, signal } of [...results, ...helped]) {
    if (signal !== 'SIGKILL' && code !== 0)
      problems.push(`a process ended with ${code ?? signal}: ${err.slice(0, 400)}`)
  }
  const done = results.flatMap(({ out }, writer) =>
    out
      .split('\n')
      .filter((line) => line.startsWith('done '))
      .map((line) => `${writer} ${line.slice(5)}`),
  )
  const lost = await (kind === 'log' ? lostOfLog(path, done) : lostOfCatalog(path, done))
  problems.push(...lost)
  rmSync(home, { recursive: true, force: true })
  return { problems, done: done.length, what: [fault, ...others].join(', ') }
}

async function lostOfLog(path, done) {
  const { appendJournal, readJournalLines, repairJournal } = await import(core)
  const seen = new Set()
  const read = () => readJournalLines(path, ({ record }) => seen.add(`${record.writer} ${record.at}`))
  await read()
  const problems = done.filter((line) => !seen.has(line)).map((line) => `lost: record ${line}`)
  const before = seen.size
  await repairJournal(path)
  appendJournal(path, [{ writer: 'next', at: 0 }])
  seen.clear()
  const damage = await read()
  if (damage.length > 0) problems.push(`after the repair there is damage: ${damage[0].reason}`)
  if (!seen.has('next 0')) problems.push('the next record is not there')
  if (seen.size < before + 1) problems.push('the repair lost records')
  return problems
}

async function lostOfCatalog(path, done) {
  const { jsonlStore, register, repairCatalog, checkCatalog } = await import(catalog)
  const store = jsonlStore(path)
  const problems = []
  const byName = new Map()
  for (const line of done) {
    const [, name, revision, writer, at] = line.split(' ')
    byName.set(name, [...(byName.get(name) ?? []), { revision: Number(revision), description: `${writer} ${at}` }])
  }
  for (const [name, acknowledged] of byName) {
    const history = await store.history({ namespace: 's3://lake', name, dataset_name: name })
    for (const { revision, description } of acknowledged) {
      if (!history.some((entry) => entry.revision === revision && entry.description === description))
        problems.push(`lost: revision ${revision} of ${name} (${description})`)
    }
    const revisions = history.map((entry) => entry.revision)
    if (new Set(revisions).size !== revisions.length)
      problems.push(`${name} has a revision twice: ${revisions.join(', ')}`)
    const current = await store.get({ namespace: 's3://lake', name })
    if (current?.revision !== Math.max(...revisions)) problems.push(`${name} is not at its last revision`)
  }
  await repairCatalog(path)
  const { damage } = await checkCatalog(path)
  if (damage.length > 0) problems.push(`after the repair there is damage: ${damage[0].reason}`)
  const dataset = { namespace: 's3://lake', name: 'next', uri: 's3://lake/next' }
  await register({ dataset, name: 'next', description: '', schema: { columns: [] } }, { path, lockTimeout: 30 })
  return problems
}

const kinds = values.only.split(',')
const began = Date.now()
let failed = 0
let acknowledged = 0
for (let number = 1; number <= Number(values.rounds); number++) {
  const kind = kinds[number % kinds.length]
  const { problems, done, what } = await round(kind, number)
  acknowledged += done
  if (problems.length > 0) {
    failed++
    console.log(
      `round ${number} (${kind}: ${what}): ${problems.length} problems\n  ${problems.slice(0, 5).join('\n  ')}`,
    )
  } else if (!values.quiet && number % 10 === 0) {
    console.log(
      `${number} rounds, ${acknowledged} acknowledged, ${failed} rounds failed, ${Math.round((Date.now() - began) / 1000)} s`,
    )
  }
}
rmSync(folder, { recursive: true, force: true })
console.log(`${values.rounds} rounds, ${acknowledged} records and revisions acknowledged, ${failed} rounds failed`)
process.exit(failed > 0 ? 1 : 0)
