// Asks the registry for known advisories of what users install: the dependencies of the packages, those of development apart.
// Where the registry does not answer such questions, that is told, and is no failure.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'pnpm'), ['audit', '--prod', '--json'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 60_000,
})
let answer
try {
  answer = JSON.parse(stdout)
} catch {
  answer = undefined
}
if (answer?.metadata === undefined) {
  const why = String(answer?.error?.message ?? 'no answer')
  console.log(
    `not asked: the registry gives no advisories (${/responded with \d+/.exec(why)?.[0] ?? why.slice(0, 200)})`,
  )
} else {
  const advisories = Object.values(answer.advisories ?? {})
  for (const { severity, module_name: name, title, url, patched_versions: patched } of advisories)
    console.log(`FAIL ${severity}: ${name}: ${title}; mended in ${patched}; ${url}`)
  console.log(
    `${answer.metadata.totalDependencies ?? answer.metadata.dependencies} dependencies, ${advisories.length} known advisories`,
  )
  process.exitCode = advisories.length > 0 ? 1 : 0
}
