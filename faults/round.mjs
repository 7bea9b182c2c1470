import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeDown } from './ledger.mjs'
import { dataDigest, leftovers, lostBy, violations } from './invariants.mjs'

/**
 * One round: a copy of the command's project gets new data, the command runs under the fault, and then: what was acknowledged
 * is there, all can be read, the next run of the command succeeds, and leaves nothing behind.
 *
 * @returns `problems` in words; none where all holds
 */
export async function attack({ command, fault, home, random, template, ledger, run, start, isShared }) {
  const problems = []
  cpSync(template.home, home, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  fault.enter?.(home)
  try {
    for (const before of (await command.change(home, 1 + random.below(1000), run)) ?? []) {
      if (before.code !== 0) problems.push(`before the fault: exit code ${before.code}: ${before.err}`)
      takeDown(ledger, before)
    }
    const data = dataDigest(home)
    const words = command.words(random)
    const asked = { home, words, random, steps: template.steps, milliseconds: template.milliseconds }
    const { results, what, mend } = await fault.inject({ ...asked, start: (...more) => start(home, ...more) })
    for (const ended of results) {
      problems.push(...endProblems(ended, fault))
      takeDown(ledger, ended)
    }
    // What a killed process had started goes on for a moment.
    for (let waited = 0; existsSync(join(home, '.git', 'index.lock')) && waited < 100; waited++) await sleep(50)
    if (mend) {
      const { mended, spoiled } = await mend()
      for (const ended of mended) problems.push(...endProblems(ended, fault))
      // What the damage itself took is not the command's fault.
      if (spoiled) for (const lost of lostBy(...spoiled)) for (const held of Object.values(ledger)) held.delete(lost)
    }
    problems.push(...violations(home, ledger, data))
    const next = await run(home, command.words(random))
    if (next.code !== 0) problems.push(`the next run: exit code ${next.code ?? next.signal}: ${said(next)}`)
    takeDown(ledger, next)
    problems.push(...violations(home, ledger, data).map((problem) => `after the next run: ${problem}`))
    // A process looks through a folder for what others left once.
    if (!isShared) problems.push(...leftovers(home))
    return { problems, what }
  } finally {
    fault.leave?.(home)
  }
}

/** What is wrong with how a command ended: it hung, fell with a stack trace, or told no code. */
function endProblems(ended, fault) {
  const { code, signal, out, err, hung } = ended
  if (hung) return [`it hung: ${said(ended)}`]
  if (signal === 'SIGKILL') return []
  const problems = []
  if (signal || ![0, 1, 2, 3].includes(code)) problems.push(`ended with ${code ?? signal}: ${said(ended)}`)
  if (/^\s+at .*[:(]\d+/m.test(out + err)) problems.push(`a stack trace: ${said(ended)}`)
  if (code >= 2 && !/DS_[A-Z_]+/.test(out + err))
    problems.push(`exit code ${code} without a code of an error: ${said(ended)}`)
  if (/DS_INTERNAL|DS_UNEXPECTED/.test(out + err)) problems.push(`an error that nobody thought of: ${said(ended)}`)
  if (fault.name === 'three at once' && code !== 0)
    problems.push(`one of several at once: exit code ${code}: ${said(ended)}`)
  return problems
}

function said({ out, err }) {
  const error = /"error": (\{[^}]*\})/.exec(out)?.[1] ?? ''
  return `${err.slice(0, 600)} ${error.slice(0, 600)}`.trim()
}
