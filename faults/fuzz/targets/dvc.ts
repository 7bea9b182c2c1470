import { isDeepStrictEqual } from 'node:util'
import { readDvcFile, updateDvcFile, writeDvcFile } from '../../../packages/dvc/src/formats/dvcfile.ts'
import { readIni, writeIni } from '../../../packages/dvc/src/formats/ini.ts'
import { readLockfile } from '../../../packages/dvc/src/formats/lockfile.ts'
import { readPattern } from '../../../packages/dvc/src/formats/pattern.ts'
import { readPipeline } from '../../../packages/dvc/src/formats/pipeline.ts'
import { manifestOf, readManifest } from '../../../packages/dvc/src/formats/tree.ts'
import { readTagName, writeTagName } from '../../../packages/dvc/src/tags/tag-name.ts'
import { Broken, type Target } from '../target.ts'

const MD5 = 'a53bca3988a38b0207a51a982fbaa2a4'

function same(before: unknown, after: unknown, what: string): void {
  if (!isDeepStrictEqual(before, after)) throw new Broken(`${what} reads back as another`)
}

const dvcFile: Target = {
  name: '.dvc file',
  texts: [
    `outs:\n- md5: ${MD5}\n  size: 48993\n  hash: md5\n  path: data.csv\n`,
    `# a comment\nmd5: ${MD5}\nfrozen: true\ndeps:\n- path: data\n  repo:\n    url: https://example.org/r.git\n    rev: v1\n    rev_lock: 0123456789012345678901234567890123456789\nouts:\n- md5: ${MD5}.dir\n  size: 12\n  nfiles: 3\n  hash: md5\n  path: 'it''s'\n  cache: false\n  desc: |\n    two\n    lines\n  meta: {a: [1, 2]}\n`,
    `outs:\n- etag: '"abc"'\n  size: 1\n  path: s3://bucket/x\n  version_id: abc\n  files:\n  - relpath: a/b\n    md5: ${MD5}\n    size: 1\n    cloud: {r: {etag: x, version_id: y}}\n`,
  ],
  trees: [
    { outs: [{ md5: MD5, size: 1, hash: 'md5', path: 'a.csv', isexec: true, push: false, remote: 'r', annot: {} }] },
    {
      outs: [{ md5: `${MD5}.dir`, size: 1, nfiles: 2, path: 'd', files: [{ relpath: 'a', md5: MD5, size: 1 }] }],
      wdir: '..',
    },
  ],
  words: ['outs:', 'deps:', 'md5: ', 'size: ', 'path: ', '\n- ', 'hash: md5-dos2unix', 'nfiles: ', '  ', 'wdir: ../'],
  read(bytes) {
    const text = String(bytes)
    const file = readDvcFile(text, 'a.dvc')
    const written = writeDvcFile(file)
    const again = readDvcFile(written, 'a.dvc')
    same(again, readDvcFile(writeDvcFile(again), 'a.dvc'), 'what was written')
    same(readDvcFile(updateDvcFile(text, file, 'a.dvc'), 'a.dvc'), file, 'an update that changes nothing')
  },
}

const lockfile: Target = {
  name: 'dvc.lock',
  texts: [
    `schema: '2.0'\nstages:\n  prepare:\n    cmd: python prepare.py\n    deps:\n    - path: a\n      hash: md5\n      md5: ${MD5}\n      size: 1\n    params:\n      params.yaml:\n        a.b: 1\n    outs:\n    - path: out\n      hash: md5\n      md5: ${MD5}.dir\n      size: 12\n      nfiles: 2\n`,
  ],
  trees: [{ schema: '2.0', stages: { a: { cmd: 'x', outs: [{ path: 'o', md5: MD5, size: 1, hash: 'md5' }] } } }],
  words: ['stages:', 'outs:', "schema: '1.0'", 'md5: ', 'path: '],
  read: (bytes) => readLockfile(String(bytes), 'dvc.lock'),
}

const pipeline: Target = {
  name: 'dvc.yaml',
  texts: [
    'vars:\n- a: 1\n- params.yaml:a\nstages:\n  x:\n    cmd: echo ${a} ${item.b}\n    foreach: [1, 2]\n    do:\n      cmd: echo ${item}\n      outs:\n      - out-${item}:\n          cache: false\n  y:\n    matrix: {a: [1, 2], b: [x]}\n    cmd: z ${item.a}\n    deps: [a]\n    outs: [o-${item.b}]\nplots:\n- a.csv\nmetrics: [m.json]\nartifacts:\n  m: {path: o, type: model}\n',
  ],
  trees: [
    {
      stages: {
        a: { cmd: ['x'], wdir: 'd', outs: ['o', { p: { push: false } }], foreach: { k: 1 }, do: { cmd: 'y' } },
      },
    },
  ],
  words: ['${', '}', 'foreach:', 'matrix:', 'do:', '${a[', '${a.b.c}', '$\\{x}'],
  read: (bytes) => readPipeline(String(bytes), 'dvc.yaml', () => Promise.resolve('a: {b: 1}')),
}

const manifest: Target = {
  name: '.dir manifest',
  texts: [`[{"md5": "${MD5}", "relpath": "a/b.csv"}, {"md5": "${MD5}", "relpath": "\\u00e9.csv"}]`],
  trees: [
    [
      { md5: MD5, relpath: 'a' },
      { md5: MD5, relpath: 'b/c', size: 1 },
    ],
  ],
  words: ['"relpath"', '"md5"', '"../a"', '"/etc/passwd"', '"a//b"', '"."'],
  read(bytes) {
    const entries = readManifest(String(bytes), 'x.dir')
    const again = readManifest(manifestOf(entries).text, 'x.dir')
    same(manifestOf(again).md5, manifestOf(entries).md5, 'a manifest')
  },
}

const config: Target = {
  name: 'DVC config',
  texts: [
    `[core]\n    remote = store\n    analytics = false\n['remote "store"']\n    url = s3://bucket/dvc\n    profile = "a b" # why\n    list = a, b,\n['remote "it\\'s"']\n    url = ../x\n`,
    "# only\n; comments\n\n[a]\nb='''c\nd'''\n",
  ],
  words: ['[core]', '[remote "', '"]', ' = ', '"""', "'''", '[[deep]]', '%(home)s', ';', '#'],
  read(bytes) {
    // Sections of kinds that DVC does not know are not written.
    const written = writeIni(readIni(String(bytes), 'config'))
    same(writeIni(readIni(written, 'config')), written, 'a config')
  },
}

const ignored: Target = {
  name: '.dvcignore pattern',
  texts: ['*.csv', '!/data/**/a[!0-9]?.txt', 'a\\ b/', '**/x/**', '[[:alpha:]]*', '# no'],
  words: ['**', '[!', '[', ']', '\\', '!', '/'],
  read(bytes) {
    const pattern = readPattern(String(bytes).split('\n')[0] ?? '', '#')
    return pattern && Object.values(pattern)
  },
}

const tag: Target = {
  name: 'tag of a model registry',
  texts: ['pool:dir=model@v1.2.3', 'model#prod#3', 'a=b@v1.0.0!4', 'x@deprecated'],
  words: ['@', '#', '=', 'v1.0.0', '!', '#prod'],
  read(bytes) {
    const name = readTagName(String(bytes))
    if (name) same(readTagName(writeTagName(name)), name, 'the name of a tag')
  },
}

export const dvcTargets = [dvcFile, lockfile, pipeline, manifest, config, ignored, tag]
