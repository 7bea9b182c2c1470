// Attacks commands with faults, round after round, and holds what is left against what was acknowledged; after npm run build.
//
//   npm run faults                                            60 rounds
//   npm run faults -- --rounds 1000 --seed 7 --jobs 2
//   npm run faults -- --commands push,run --faults "killed at step,full disk"
//   npm run faults -- --in-process --rounds 5000              what the libraries do, hundreds of times as fast
//   npm run faults -- --seed 7 --round 412                    that round again
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { log } from './commands/log.mjs'
import { push } from './commands/push.mjs'
import { register } from './commands/register.mjs'
import { workflow } from './commands/run.mjs'
import { version } from './commands/version.mjs'
import { brokenAtStep, fullFromStep, killedAtStep, tornWrite } from './faults/at-step.mjs'
import { atOnce } from './faults/at-once.mjs'
import { cutShort, flippedBit, zeros } from './faults/damage.mjs'
import { fullDisk } from './faults/full-disk.mjs'
import { kill } from './faults/kill.mjs'
import { commandLine } from './command-line.mjs'
import { inProcess } from './in-process.mjs'
import { copyOf, newLedger, takeDown } from './ledger.mjs'
import { attack } from './round.mjs'
import { randomFrom } from './random.mjs'
import { tableOf } from './table.mjs'

const COMMANDS = [version, register, log, push, workflow]
const FAULTS = [
  kill,
  killedAtStep,
  tornWrite,
  fullFromStep,
  brokenAtStep,
  fullDisk,
  flippedBit,
  cutShort,
  zeros,
  atOnce,
]

/** What can be attacked within one process: what needs no engine, and no process to kill from outside. */
const IN_PROCESS = {
  commands: COMMANDS.filter(({ name }) => name !== 'run'),
  faults: [killedAtStep, tornWrite, fullFromStep, brokenAtStep, flippedBit, cutShort, zeros],
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    round: { type: 'string' },
    commands: { type: 'string' },
    faults: { type: 'string' },
    seconds: { type: 'string', default: 'Infinity' },
    jobs: { type: 'string', default: '2' },
    'in-process': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
})

/** Those of a list that are named; a name that is none ends the program. */
function named(list, names) {
  if (names === undefined) return list
  const asked = names.split(',').map((name) => name.trim())
  const unknown = asked.find((name) => list.every((one) => one.name !== name))
  if (unknown !== undefined) {
    console.error(`there is no '${unknown}'; there are: ${list.map((one) => one.name).join(', ')}`)
    process.exit(2)
  }
  return asked.map((name) => list.find((one) => one.name === name))
}

const possible = values['in-process'] ? IN_PROCESS : { commands: COMMANDS, faults: FAULTS }
const { run, start } = values['in-process'] ? await inProcess() : commandLine
const commands = named(possible.commands, values.commands)
const folder = mkdtempSync(join(tmpdir(), 'dayshift-faults-'))
process.once('SIGINT', () => process.exit(130))
process.once('exit', () => values.keep || rmSync(folder, { recursive: true, force: true }))
const asked = named(possible.faults, values.faults)
const faults = asked.filter(({ isPossible }) => isPossible?.(folder) ?? true)
for (const { name } of asked.filter((fault) => !faults.includes(fault))) {
  console.log(`left out: ${name}, which needs the right to mount`)
}

/** Makes the project that the rounds of a command start from: copied for each, so that none sees another's. */
async function templateOf(command) {
  const home = join(folder, `${command.name}-template`)
  mkdirSync(home)
  await command.prepare(home, commandLine.run)
  const ledger = newLedger()
  const words = command.first ?? command.words(randomFrom(1))
  const first = await run(home, words)
  if (first.code !== 0) throw new Error(`${words.join(' ')}: ${first.code} ${first.err}${first.out}`)
  takeDown(ledger, first)
  if (words.includes('--push')) for (const hash of ledger.versions) ledger.pushed.add(hash)
  // How many file operations the command makes, and how long it takes, is measured once.
  const trial = join(folder, `${command.name}-trial`)
  cpSync(home, trial, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  await command.change(trial, 1, run)
  const report = join(folder, `${command.name}-steps`)
  const began = performance.now()
  await run(trial, command.words(randomFrom(1)), { kind: 'count', report })
  const milliseconds = performance.now() - began
  rmSync(trial, { recursive: true })
  return { home, ledger, milliseconds, steps: Number(readFileSync(report, 'utf8')) }
}

const templates = new Map()
for (const command of commands) templates.set(command, await templateOf(command))

const began = Date.now()
const tallies = new Map()
const failures = []
const last = Number(values.round ?? values.rounds)
let next = Number(values.round ?? 1)

/** Takes one round after another until there are none left. */
async function work() {
  while (next <= last && Date.now() - began < Number(values.seconds) * 1000) {
    const number = next++
    const random = randomFrom(Number(values.seed) * 1_000_003 + number)
    // All pairs come in turn, so that a short form has them all.
    const command = commands[number % commands.length]
    const fault = faults[Math.floor(number / commands.length) % faults.length]
    const home = join(folder, `round-${number}`)
    const template = templates.get(command)
    const round = {
      command,
      fault,
      home,
      random,
      template,
      ledger: copyOf(template.ledger),
      run,
      start,
      isShared: values['in-process'],
    }
    const { problems, what } = await attack(round).catch((error) => ({ problems: [String(error.stack)] }))
    const key = `${command.name}\0${fault.name}`
    const tally = tallies.get(key) ?? { rounds: 0, failed: 0 }
    tally.rounds++
    if (problems.length > 0) {
      tally.failed++
      failures.push({ number, what: `${command.name}, ${fault.name}${what ? ` (${what})` : ''}`, problems })
      console.log(`round ${number}: ${failures.at(-1).what}\n  ${problems.slice(0, 6).join('\n  ')}`)
    }
    tallies.set(key, tally)
    if (!values.keep || problems.length === 0) rmSync(home, { recursive: true, force: true })
    const done = [...tallies.values()].reduce((sum, { rounds }) => sum + rounds, 0)
    if (!values.quiet && done % 20 === 0) {
      console.log(`${done} rounds, ${failures.length} failed, ${Math.round((Date.now() - began) / 1000)} s`)
    }
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work))

console.log(tableOf(commands, faults, tallies))
const rounds = [...tallies.values()].reduce((sum, tally) => sum + tally.rounds, 0)
console.log(`${rounds} rounds, ${failures.length} failed`)
for (const { number, what } of failures) {
  const words = ['--seed', values.seed, '--round', number]
  if (values['in-process']) words.push('--in-process')
  for (const list of ['commands', 'faults']) if (values[list]) words.push(`--${list}`, `"${values[list]}"`)
  console.log(`failed: ${what}; again: npm run faults -- ${words.join(' ')}`)
}
process.exit(failures.length > 0 ? 1 : 0)
