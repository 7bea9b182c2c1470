// Packs every package as npm would get it, checks the tarballs (publint, are-the-types-wrong), installs each alone into
// an empty project, runs the example of its README there, and holds its types, strictly, against a project that uses them.
//
//   node scripts/check-packages.mjs                        on this Node
//   node scripts/check-packages.mjs --node 22 --node 24    installs and examples alone, on these, as npm has them (`npm install node@22`)
//   node scripts/check-packages.mjs --only @dayshift/core  one alone
//   node scripts/check-packages.mjs --write                puts sizes and numbers into docs/packages.md
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: asked } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (name) => join(root, 'node_modules', '.bin', name)
const folders = ['packages', 'apps'].flatMap((floor) =>
  readdirSync(join(root, floor)).map((name) => join(root, floor, name)),
)
const manifests = new Map(
  folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return [manifest.name, { ...manifest, folder }]
  }),
)
if (asked.only !== undefined && !manifests.has(asked.only)) {
  console.error(`there is no package ${asked.only}; there are ${[...manifests.keys()].join(', ')}`)
  process.exit(1)
}
const names = asked.only === undefined ? [...manifests.keys()] : [asked.only]
const scratch = mkdtempSync(join(tmpdir(), 'dayshift-packages-'))
let bad = 0

function fail(what, why) {
  bad++
  console.log(`FAIL ${what}\n${why}`)
}

function run(what, command, words, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, env, encoding: 'utf8' })
  if (status !== 0) {
    fail(what, `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
    return undefined
  }
  console.log(`ok   ${what}`)
  return stdout ?? ''
}

const fileOf = (name) => name.replaceAll(/[@/]/g, '_')
const INSTALL = ['install', '--no-audit', '--no-fund', '--loglevel=error']

/** The code of the one example that a README has: a fenced block of JavaScript, or of a shell for the command line. */
function exampleOf({ name, folder }) {
  const language = name === 'dayshift' ? 'sh' : 'js'
  const blocks = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)]
  return blocks.find((block) => block[1] === language)?.[2]
}

/** A package with the packages of this workspace that it needs. */
function closure(name) {
  const own = Object.keys(manifests.get(name).dependencies ?? {}).filter((other) => manifests.has(other))
  return [...new Set([name, ...own.flatMap(closure)])]
}

/** What is imported from a package: itself, and its parts. */
function entriesOf({ name, exports }) {
  const parts = Object.entries(exports).filter(([, target]) => typeof target === 'object')
  return parts.map(([part]) => join(name, part).replaceAll('\\', '/'))
}

/** Packs what is asked for and what that needs. */
function pack() {
  const tarballs = new Map()
  for (const name of new Set(names.flatMap(closure))) {
    const target = join(scratch, `${fileOf(name)}.tgz`)
    if (run(`${name}: pack`, bin('pnpm'), ['pack', '--out', target], manifests.get(name).folder) === undefined) continue
    tarballs.set(name, target)
    if (!names.includes(name) || asked.node.length > 0) continue
    run(`${name}: publint`, bin('publint'), ['--strict', target], root)
    run(`${name}: types`, bin('attw'), ['--profile', 'esm-only', target], root)
  }
  return tarballs
}

/** The Nodes that are tried: those asked for, or this one. Each is first in the path of all that runs with it, npm too. */
function nodes() {
  const found = asked.node.length > 0 ? [] : [{ label: process.version, folder: dirname(process.execPath) }]
  for (const version of asked.node) {
    const home = join(scratch, `node-${fileOf(version)}`)
    mkdirSync(home)
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
    if (run(`node ${version}: installs`, 'npm', [...INSTALL, `node@${version}`], home) === undefined) continue
    const folder = join(home, 'node_modules', 'node', 'bin')
    const label = run(`node ${version}: runs`, join(folder, 'node'), ['--version'], home)?.trim()
    if (label !== undefined) found.push({ label, folder })
  }
  return found.map(({ label, folder }) => ({
    label,
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  }))
}

/** Bytes of the files in a folder. */
function bytesIn(folder) {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => lstatSync(join(folder, path)))
  return found.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
}

/** What an installation has become: bytes, and how many packages that are not of this workspace. */
function measured(name, tarball, project) {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
  const others = Object.keys(packages).filter(
    (path) => path !== '' && !manifests.has(path.replace('node_modules/', '')) && existsSync(join(project, path)),
  )
  const modules = join(project, 'node_modules')
  return {
    name,
    packed: lstatSync(tarball).size,
    unpacked: bytesIn(join(modules, name)),
    others: others.length,
    installed: bytesIn(modules),
  }
}

const STRICT = [
  '--noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --verbatimModuleSyntax --skipLibCheck false',
  '--module nodenext --target es2023 --lib es2023 --types node --typeRoots',
]
  .flatMap((line) => line.split(' '))
  .concat(join(root, 'node_modules', '@types'))

/** What only those import who have the optional package that it is for. */
const NEEDS_OPTIONAL = new Set(['@dayshift/dvc/remotes/s3'])

/** Holds all declarations of a package and of what it needs against each other, and the README's example against them. */
function checkTypes(manifest, project, example) {
  const { name, peerDependenciesMeta = {} } = manifest
  const check = (what, entries) => {
    const lines = entries.map((entry, at) => `export * as part${at} from ${JSON.stringify(entry)}\n`)
    writeFileSync(join(project, 'strict.ts'), lines.join(''))
    run(`${name}: ${what}`, bin('tsc'), [...STRICT, 'strict.ts'], project)
  }
  const entries = entriesOf(manifest)
  check(
    'strict types',
    entries.filter((entry) => !NEEDS_OPTIONAL.has(entry)),
  )
  if (example !== undefined) {
    // It is JavaScript: what it declares itself has no types.
    const words = [...STRICT, '--allowJs', '--checkJs', '--noImplicitAny', 'false', 'example.mjs']
    run(`${name}: types of its README example`, bin('tsc'), words, project)
  }
  const optional = Object.keys(peerDependenciesMeta)
  if (optional.length === 0) return
  for (const other of optional) {
    const link = join(project, 'node_modules', other)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', other), link, 'junction')
  }
  check(`strict types with ${optional.join(', ')}`, entries)
}

/** Installs a package alone, and does with it what a stranger would. */
function tryAlone(manifest, tarballs, { label, env }, at) {
  const { name } = manifest
  const project = join(scratch, `alone-${at}-${fileOf(name)}`)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  // Until they are published, the packages that this one depends on come as tarballs too; nothing else does.
  const files = closure(name).map((other) => tarballs.get(other))
  if (files.includes(undefined)) return undefined
  const words = [...INSTALL, '--engine-strict', ...files]
  if (run(`${name}: installs alone on ${label}`, 'npm', words, project, env) === undefined) return undefined
  const found = measured(name, tarballs.get(name), project)
  const example = exampleOf(manifest)
  if (example === undefined) {
    fail(name, 'its README has no example')
    return found
  }
  run('  git init', 'git', ['init', '--quiet'], project)
  const imports = entriesOf(manifest).map((entry) => `await import(${JSON.stringify(entry)})`)
  run(`${name}: imports`, 'node', ['--input-type=module', '-e', imports.join('\n')], project, env)
  if (name === 'dayshift') {
    run(`${name}: README example`, 'bash', ['-ec', example], project, env)
  } else {
    writeFileSync(join(project, 'example.mjs'), example)
    const printed = run(`${name}: README example`, 'node', ['example.mjs'], project, env)
    if (printed !== undefined) console.log(printed.replaceAll(/^/gm, '       ').trimEnd())
  }
  if (asked.node.length === 0) checkTypes(manifest, project, name === 'dayshift' ? undefined : example)
  rmSync(project, { recursive: true, force: true })
  return found
}

const page = join(root, 'docs', 'packages.md')
const [BEGIN, END] = ['<!-- sizes: made by node scripts/check-packages.mjs --write -->', '<!-- /sizes -->']
const HEAD = ['package', 'tarball, kB', 'unpacked, MB', 'packages of others', 'installed, MB']

function rowOf({ name, packed, unpacked, others, installed }) {
  const [kilobytes, own, all] = [packed / 1e3, unpacked / 1e6, installed / 1e6]
  return [name, kilobytes.toFixed(0), own.toFixed(2), String(others), all.toFixed(1)]
}

function partOf(text) {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`docs/packages.md has no place for sizes: ${BEGIN} … ${END}`)
  return [text.slice(0, from + BEGIN.length), text.slice(from + BEGIN.length, to), text.slice(to)]
}

function write(rows) {
  const [before, , after] = partOf(readFileSync(page, 'utf8'))
  const table = [HEAD, HEAD.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`)
  writeFileSync(page, `${before}\n\n${table.join('\n')}\n\n${after}`)
  run('docs/packages.md: written', bin('oxfmt'), [page], root)
}

/** Others release too, so a quarter more or less is let pass, and two packages. */
function compare(rows) {
  const cells = partOf(readFileSync(page, 'utf8'))[1]
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const said = new Map(cells.map(([, name, ...numbers]) => [name, numbers.map(Number)]))
  for (const [name, ...numbers] of rows) {
    if (!said.has(name)) {
      console.log(`docs/packages.md says nothing of ${name} yet: --write`)
      continue
    }
    numbers.map(Number).forEach((is, at) => {
      const was = said.get(name)[at]
      const most = Math.max(was / 4, HEAD[at + 1] === 'packages of others' ? 2 : 0)
      if (Math.abs(is - was) <= most) return
      fail(`docs/packages.md: ${HEAD[at + 1]} of ${name}`, `it says ${was}, and ${is} were found: --write mends it`)
    })
  }
}

try {
  const tarballs = pack()
  const found = nodes().flatMap((node, at) =>
    names.map((name) => ({ at, told: tryAlone(manifests.get(name), tarballs, node, at) })),
  )
  const rows = found.filter(({ at, told }) => at === 0 && told).map(({ told }) => rowOf(told))
  const widths = HEAD.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)))
  const pad = (cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))
  console.log(`\n${[HEAD, ...rows].map((row) => row.map(pad).join('  ')).join('\n')}\n`)
  const here = `${process.platform}-${process.arch}`
  if (asked.write && bad === 0 && names.length === manifests.size) write(rows)
  // DuckDB's library, the bulk of it, is another one elsewhere.
  else if (here === 'linux-x64') compare(rows)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
process.exit(bad > 0 ? 1 : 0)
