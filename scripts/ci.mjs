// Runs every check and counts. Test runners are counted by their tests, other checks as one each.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const scratch = mkdtempSync(join(tmpdir(), 'dayshift-ci-'))
const env = {
  ...process.env,
  CI: 'true',
  DO_NOT_TRACK: '1',
  TURBO_TELEMETRY_DISABLED: '1',
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
}

/** Seconds after which no more judges are asked: the whole is to end within 30 minutes, on slow machines too. */
const LAST_CALL = 1200

/** Judges whose software is large, or who take minutes: asked last. */
const LONG = [
  'interop/peers.test.ts',
  'interop/evidently/evidently.test.ts',
  'interop/seven/seven.test.ts',
  'interop/classifier.test.ts',
  'interop/reference-profile.test.ts',
]

const started = Date.now()
let passed = 0
let failed = 0
let skipped = 0
const failures = []

/**
 * Runs a command; where it writes a vitest report, its tests are counted, else the command itself.
 *
 * @param log where what it says goes, to be shown at its end; default: it is shown as it comes
 */
async function check(name, command, words, { report, log } = {}) {
  const title = `\n=== ${name}: ${[command, ...words].join(' ')}`
  if (!log) console.log(title)
  const began = Date.now()
  const out = log ? openSync(log, 'w') : 'inherit'
  const child = spawn(command, words, { cwd: root, env, stdio: ['ignore', out, out] })
  if (log) closeSync(out)
  const status = await endOf(child)
  if (log) console.log(`${title}\n${readFileSync(log, 'utf8').trimEnd()}`)
  const counts = report && countsOf(report)
  if (counts) {
    passed += counts.passed
    failed += counts.failed
    skipped += counts.skipped
  }
  const ok = status === 0
  if (!counts && ok) passed++
  // A runner that fails without a failed test (a suite that does not load) has failed all the same.
  if (!ok && !(counts?.failed > 0)) failed++
  if (!ok) failures.push(name)
  console.log(`=== ${name}: ${ok ? 'ok' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return ok
}

/** Runs checks that hinder each other in nothing, two at a time: most of them keep to one core. */
async function checkTogether(checks) {
  const left = checks.entries()
  const lane = async () => {
    for (const [at, [name, command, words]] of left) {
      await check(name, command, words, { log: join(scratch, `check-${at}.log`) })
    }
  }
  await Promise.all([lane(), lane()])
}

function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return undefined
  }
}

/** The exit code of a process; none where a signal ended it, or it did not start. */
async function endOf(child) {
  try {
    const [status] = await once(child, 'exit')
    return status
  } catch (error) {
    console.log(error.message)
    return null
  }
}

/** Asks judges, where there is time. */
async function ask(name, words) {
  const gone = Math.round((Date.now() - started) / 1000)
  if (gone > LAST_CALL) {
    console.log(`\n=== ${name}: not asked here, for ${gone} s have gone; npm run interop asks all judges`)
    return
  }
  const report = join(scratch, `${name}.json`)
  const all = ['run', '--config', 'interop/vitest.config.ts', ...reporters(report), '--reporter=./interop/summary.ts']
  await check(name, 'vitest', [...all, ...words], { report })
}

/**
 * Installs what interop is held against, while other checks run.
 *
 * @returns what waits until that is over, and shows the log where it failed: interop then tries it again itself
 */
function installPeers() {
  const log = join(scratch, 'peers.log')
  const out = openSync(log, 'w')
  const words = [
    'run',
    '--config',
    'interop/vitest.config.ts',
    '--maxWorkers=1',
    '--reporter=verbose',
    '-t',
    '^(?!.*evidently)',
  ]
  const child = spawn('vitest', [...words, 'interop/peers.test.ts'], { cwd: root, env, stdio: ['ignore', out, out] })
  closeSync(out)
  // The tests that run meanwhile come first.
  if (child.pid) setPriority(child.pid, 10)
  const began = Date.now()
  const ended = endOf(child).then((status) => ({ status, seconds: ((Date.now() - began) / 1000).toFixed(1) }))
  return async () => {
    const waiting = Date.now()
    const { status, seconds } = await ended
    const waited = ((Date.now() - waiting) / 1000).toFixed(1)
    if (status !== 0) console.log(readFileSync(log, 'utf8'))
    console.log(
      `\n=== peers: ${status === 0 ? 'installed' : 'NOT INSTALLED'} in ${seconds} s, ${waited} s of them waited for`,
    )
  }
}

const reporters = (file) => ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
const unit = join(scratch, 'unit.json')

await check('setup', process.execPath, ['scripts/setup.mjs'])
const peersThere = installPeers()
if (await check('test', 'npm', ['test', '--', ...reporters(unit)], { report: unit })) {
  // The longest first.
  await checkTogether([
    ['packages', process.execPath, ['scripts/check-packages.mjs']],
    ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
    ['versions', process.execPath, ['scripts/check-versions.mjs']],
    ['audit', process.execPath, ['scripts/audit.mjs']],
    ['unused', 'knip', []],
    ['types', 'tsc', []],
    ['format', 'oxfmt', ['--check', '.']],
    ['assembly', process.execPath, ['scripts/assembly.mjs', '--check']],
    ['changesets', process.execPath, ['scripts/check-changesets.mjs']],
  ])
  // It builds, which the others read.
  await check('demo', 'npm', ['run', 'demo'])
  await peersThere()
  await ask(
    'interop',
    LONG.map((file) => `--exclude=${file}`),
  )
  await ask('interop that takes long', LONG)
  await check('clean tree', process.execPath, ['scripts/check-clean.mjs'])
} else {
  // An installation that is broken off would keep the next one waiting.
  await peersThere()
}
rmSync(scratch, { recursive: true, force: true })

if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`)
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 ? 1 : 0)
