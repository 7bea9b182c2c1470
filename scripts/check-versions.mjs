// Runs `changeset version` on a copy of the repository: what is released next gets its versions, changelogs and ranges.
// Nothing of the repository itself is touched, and nothing is published.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const scratch = mkdtempSync(join(tmpdir(), 'dayshift-versions-'))
const copy = join(scratch, 'copy')
const problems = []

/** The packages of a checkout by name. */
function packagesOf(folder) {
  const folders = ['packages', 'apps'].flatMap((floor) =>
    readdirSync(join(folder, floor)).map((name) => join(floor, name)),
  )
  return new Map(
    folders.map((path) => {
      const manifest = JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'))
      return [manifest.name, { path, ...manifest }]
    }),
  )
}

try {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, copy])
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const changesets = readdirSync(join(copy, '.changeset')).filter(
    (name) => name.endsWith('.md') && name !== 'README.md',
  )
  const texts = changesets.map((name) => readFileSync(join(copy, '.changeset', name), 'utf8'))
  const before = packagesOf(copy)
  execFileSync(process.execPath, [join(root, 'node_modules', '@changesets', 'cli', 'bin.js'), 'version'], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const after = packagesOf(copy)
  for (const [name, { path, version, dependencies = {} }] of after) {
    const named = texts.filter((text) => text.includes(`'${name}':`)).length
    const isNew = version !== before.get(name).version
    if (named > 0 && !isNew) problems.push(`${name}: ${named} changesets, and still ${version}`)
    if (isNew) {
      const log = join(copy, path, 'CHANGELOG.md')
      const isTold = existsSync(log) && readFileSync(log, 'utf8').includes(`## ${version}\n`)
      if (!isTold) problems.push(`${name}: its changelog does not tell of ${version}`)
    }
    for (const [other, range] of Object.entries(dependencies)) {
      // pnpm puts the version in place of `workspace:` when it packs.
      if (after.has(other) && !range.startsWith('workspace:') && !range.endsWith(after.get(other).version))
        problems.push(`${name} asks for ${other} ${range}, which will be ${after.get(other).version}`)
    }
    console.log(`${name}: ${before.get(name).version} → ${version}, ${named} changesets`)
  }
  const left = readdirSync(join(copy, '.changeset')).filter((name) => changesets.includes(name))
  if (left.length > 0) problems.push(`changesets are left: ${left.join(', ')}`)
} catch (error) {
  problems.push(`${error.message}${error.stderr ?? ''}`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
for (const problem of problems) console.log(`FAIL ${problem}`)
process.exit(problems.length > 0 ? 1 : 0)
