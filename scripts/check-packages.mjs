// Packs every package as npm would get it, checks the tarballs (publint, are-the-types-wrong), installs each alone into
// an empty project, and runs the example of its README there.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const scratch = mkdtempSync(join(tmpdir(), 'dayshift-packages-'))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const folders = ['packages', 'apps'].flatMap((floor) =>
  readdirSync(join(root, floor)).map((name) => join(root, floor, name)),
)
let bad = 0

function run(what, command, words, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, encoding: 'utf8' })
  const ok = status === 0
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${what}`)
  if (!ok) {
    bad++
    console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  }
  return ok ? (stdout ?? '') : undefined
}

/** The code of the one example that a README has: a fenced block of JavaScript, or of a shell for the command line. */
function exampleOf(folder, language) {
  const blocks = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)]
  return blocks.find((block) => block[1] === language)?.[2]
}

const tarballs = new Map()
const manifests = new Map(
  folders.map((folder) => [folder, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))]),
)
for (const [folder, { name }] of manifests) {
  const target = join(scratch, `${name.replaceAll(/[@/]/g, '_')}.tgz`)
  if (run(`${name}: pack`, bin('pnpm'), ['pack', '--out', target], folder) === undefined) continue
  tarballs.set(name, target)
  run(`${name}: publint`, bin('publint'), ['--strict', target], root)
  run(`${name}: types`, bin('attw'), ['--profile', 'esm-only', target], root)
}

/** A package with the packages of this workspace that it needs, as tarballs. */
function closure(name) {
  const manifest = [...manifests.values()].find((candidate) => candidate.name === name)
  const own = Object.keys(manifest?.dependencies ?? {}).filter((other) => tarballs.has(other))
  return [...new Set([name, ...own.flatMap(closure)])]
}

for (const [folder, { name }] of manifests) {
  if (!tarballs.has(name)) continue
  const project = join(scratch, `alone-${name.replaceAll(/[@/]/g, '_')}`)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  // Until they are published, the packages that this one depends on come as tarballs too; nothing else does.
  const files = closure(name).map((other) => tarballs.get(other))
  const words = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...files]
  if (run(`${name}: installs alone`, 'npm', words, project) === undefined) continue
  run(`${name}: imports`, process.execPath, ['-e', `import(${JSON.stringify(name)})`], project)
  run('  git init', 'git', ['init', '--quiet'], project)
  const example = exampleOf(folder, name === 'dayshift' ? 'sh' : 'js')
  if (example === undefined) {
    bad++
    console.log(`FAIL ${name}: its README has no example`)
  } else if (name === 'dayshift') {
    run(`${name}: README example`, 'bash', ['-ec', example], project)
  } else {
    writeFileSync(join(project, 'example.mjs'), example)
    const printed = run(`${name}: README example`, process.execPath, ['example.mjs'], project)
    if (printed !== undefined) console.log(printed.replaceAll(/^/gm, '       ').trimEnd())
  }
}

rmSync(scratch, { recursive: true, force: true })
process.exit(bad > 0 ? 1 : 0)
