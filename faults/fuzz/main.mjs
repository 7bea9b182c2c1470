// Reads bytes by chance with every parser of foreign bytes, for as long as it is told to; after npm run build.
//
//   npm run fuzz -- --seconds 60 --seed 1
//   npm run fuzz -- --targets "CSV,.dvc file" --cases 10000
//   npm run fuzz -- --targets CSV --seed 4711 --cases 1       one case again; its bytes are printed
//
// Targets are read in a process of their own: one that hangs is ended, and told with the seed of its case.
import { fork } from 'node:child_process'
import { register } from 'node:module'
import { parseArgs } from 'node:util'

register('../../apps/cli/dist/module-hooks.js', import.meta.url)
const { TARGETS } = await import('./targets.ts')

/** Milliseconds without a word after which a case counts as hung. */
const HUNG = 30_000

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: 'Infinity' },
    targets: { type: 'string' },
    child: { type: 'string' },
  },
})

if (values.child !== undefined) {
  const { readCase } = await import('./fuzz.ts')
  for (const target of TARGETS.filter(({ name }) => values.child.split(',').includes(name))) {
    const until = Date.now() + Number(values.seconds) * 1000
    let cases = 0
    const failed = []
    for (let seed = Number(values.seed); cases < Number(values.cases) && Date.now() < until; seed++, cases++) {
      // Ten failures of one kind tell as much as a thousand.
      if (failed.length >= 10) break
      process.send({ name: target.name, seed })
      const found = await readCase(target, seed)
      if (found) failed.push({ ...found, bytes: found.bytes.toString('latin1').slice(0, 500) })
    }
    await target.close?.()
    process.send({ name: target.name, cases, failed })
  }
  process.disconnect()
} else {
  const asked = values.targets?.split(',')
  let left = TARGETS.map(({ name }) => name).filter((name) => asked === undefined || asked.includes(name))
  if (left.length === 0) {
    console.error(`there is no such target; there are: ${TARGETS.map(({ name }) => name).join(', ')}`)
    process.exit(2)
  }
  const seconds = Number(values.seconds) / left.length
  let failures = 0
  let total = 0
  while (left.length > 0) {
    await attacked(left, seconds, ({ name, cases, failed }) => {
      left = left.filter((other) => other !== name)
      total += cases
      failures += failed.length
      console.log(`${name}: ${cases} cases${failed.length > 0 ? `, ${failed.length} failed` : ''}`)
      for (const { seed, why, bytes } of failed) {
        console.log(
          `  again: npm run fuzz -- --targets "${name}" --seed ${seed} --cases 1\n  ${why}\n  ${JSON.stringify(bytes)}`,
        )
      }
    })
  }
  console.log(`${total} cases, ${failures} failed`)
  process.exit(failures > 0 ? 1 : 0)
}

/** Lets a process read the cases of targets; a target at which it says nothing for too long, or falls, has failed. */
function attacked(names, seconds, tell) {
  const words = [
    '--child',
    names.join(','),
    '--seconds',
    String(seconds),
    '--seed',
    values.seed,
    '--cases',
    values.cases,
  ]
  const child = fork(process.argv[1], words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return new Promise((resolve) => {
    let at = { name: names[0], seed: Number(values.seed) }
    let why = 'the process fell'
    let watch
    child.on('message', (told) => {
      clearTimeout(watch)
      if ('cases' in told) {
        tell(told)
        return
      }
      at = told
      watch = setTimeout(() => {
        why = `it hung for ${HUNG / 1000} s`
        child.kill('SIGKILL')
      }, HUNG)
    })
    child.once('exit', (code) => {
      clearTimeout(watch)
      if (code !== 0)
        tell({ name: at.name, cases: at.seed - Number(values.seed), failed: [{ seed: at.seed, why, bytes: '' }] })
      resolve()
    })
  })
}
