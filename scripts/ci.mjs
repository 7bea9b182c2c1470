// Runs every check and counts. Test runners are counted by their tests, other checks as one each.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

let passed = 0
let failed = 0
let skipped = 0
const failures = []

/** Runs a command; where it writes a vitest report, its tests are counted, else the command itself. */
function check(name, command, words, report) {
  console.log(`\n=== ${name}: ${[command, ...words].join(' ')}`)
  const began = Date.now()
  const { status, error } = spawnSync(command, words, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  if (error) console.log(error.message)
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

function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return undefined
  }
}

const reporters = (file) => ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
const unit = join(scratch, 'unit.json')
const interop = join(scratch, 'interop.json')

if (check('test', 'npm', ['test', '--', ...reporters(unit)], unit)) {
  check('lint', 'oxlint', ['--type-aware', '--deny-warnings'])
  check('format', 'oxfmt', ['--check', '.'])
  check('types', 'tsc', [])
  check('unused', 'knip', [])
  check('assembly', process.execPath, ['scripts/assembly.mjs', '--check'])
  check('changesets', process.execPath, ['scripts/check-changesets.mjs'])
  check('packages', process.execPath, ['scripts/check-packages.mjs'])
  check('demo', 'npm', ['run', 'demo'])
  check('interop', 'vitest', ['run', '--config', 'interop/vitest.config.ts', ...reporters(interop)], interop)
  check('clean tree', process.execPath, ['scripts/check-clean.mjs'])
}
rmSync(scratch, { recursive: true, force: true })

if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`)
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 ? 1 : 0)
