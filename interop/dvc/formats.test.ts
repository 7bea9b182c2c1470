import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkIgnore } from '../../packages/dvc/src/check-ignore.ts'
import { configFiles, listConfig, type ConfigFiles } from '../../packages/dvc/src/config.ts'
import { editConfig } from '../../packages/dvc/src/config-edit.ts'
import { definitionHash, readDvcFile, writeDvcFile } from '../../packages/dvc/src/formats/dvcfile.ts'
import { readIni, writeIni } from '../../packages/dvc/src/formats/ini.ts'
import { outputsOf, type Output } from '../../packages/dvc/src/outputs.ts'
import { findRepo } from '../../packages/dvc/src/repo.ts'
import { rewriteYaml, writeYaml } from '../../packages/dvc/src/formats/rewrite.ts'
import { readYaml, type YamlMapping, type YamlValue } from '../../packages/dvc/src/formats/yaml.ts'
import { canInstall } from '../peer.ts'
import { askPython, DVC, dvc, env, installDvc } from '../real-dvc.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

/** Rewrites a text as DVC does when it saves a .dvc file. */
const REWRITE = `
from dvc.utils.collections import apply_diff
from dvc.utils.serialize import dumps_yaml
from dvc.utils.serialize._yaml import parse_yaml, parse_yaml_for_update
def answer(question):
    text, value = question
    if text is None:
        return dumps_yaml(value)
    try:
        text = text.replace('\\r\\n', '\\n')
        saved = parse_yaml_for_update(text, 'x.dvc')
        if value is not None:
            apply_diff(value, saved)
        out = dumps_yaml(saved)
        return [out, parse_yaml(out, 'x.dvc') == parse_yaml(text, 'x.dvc')]
    except Exception as error:
        return str(error)
`

const SAMPLES = Number(process.env['SAMPLES'] ?? 400)

const word = fc.constantFrom(
  'a',
  'b.csv',
  'two words',
  '1',
  'true',
  '~',
  'a: b',
  'x #y',
  "it's",
  'é',
  '',
  '[x]',
  '0e12',
  'yes',
)
const scalar = fc.oneof(word, fc.nat(), fc.boolean())
const written = fc.oneof(
  word.map((text) => ({ value: text as YamlValue, text: JSON.stringify(text) })),
  word.filter((text) => !text.includes("'")).map((text) => ({ value: text as YamlValue, text: `'${text}'` })),
  fc.nat().map((value) => ({ value: value as YamlValue, text: String(value) })),
  fc
    .constantFrom('plain', 'two words', 'true', 'False', 'null', '0x1F', '1_000', '1.50', '2020-01-01')
    .map((text) => ({ value: text as YamlValue, text })),
)
const comment = fc.oneof({ arbitrary: fc.constant(''), weight: 3 }, fc.constantFrom(' # c', '   # far', '  #'))
const between = fc.oneof(
  { arbitrary: fc.constant(''), weight: 4 },
  fc.array(fc.constantFrom('\n', '# c\n', '    # deep\n', '  # c\n'), { maxLength: 3 }).map((lines) => lines.join('')),
)
const KEYS = ['md5', 'size', 'desc', 'path', 'hash', 'type']

/** Lines of one mapping, each with comments after it. */
function mapping(indent: string): fc.Arbitrary<string> {
  const line = fc.record({ value: written, comment, between })
  return fc
    .tuple(fc.shuffledSubarray(KEYS, { minLength: 1 }), fc.array(line, { minLength: 6, maxLength: 6 }))
    .map(([keys, lines]) =>
      keys
        .map((key, at) => {
          const each = lines[at] as { value: { text: string }; comment: string; between: string }
          return `${at === 0 ? '' : indent}${key}: ${each.value.text}${each.comment}\n${each.between}`
        })
        .join(''),
    )
}

const document = fc
  .record({
    head: fc.constantFrom('', '# top\n', '---\n', '# top\n\n', '---\n# a\n'),
    nested: fc.boolean(),
    after: comment,
    first: between,
    outs: fc.integer({ min: 1, max: 3 }),
    flow: fc.constantFrom(
      '',
      'meta: {a: 1, b: [1,2, "x y"], c: {}}\n',
      'meta: [a, b] # c\n',
      'desc: |\n  one\n   two\n\n  three\n',
      'meta:\n  x: >-\n      one\n      two\n  y: 1\n',
      'meta: &x\n  a: 1\n',
      'meta: &x\n  a: &y b\n  b: &z [1]\n  c: *z\n  d: *y\n  e: &u un\n',
    ),
    tail: fc.constantFrom('', '# end\n', '\n', '\n\n# end'),
    crlf: fc.boolean(),
  })
  .chain((shape) => {
    const indent = shape.nested ? '  ' : ''
    return fc.tuple(...Array.from({ length: shape.outs }, () => mapping(`${indent}  `))).map((outs) => {
      const text = `${shape.head}outs:${shape.after}\n${shape.first}${outs.map((out) => `${indent}- ${out}`).join('')}${shape.flow}${shape.tail}`
      return shape.crlf ? text.replaceAll('\n', '\r\n') : text
    })
  })

/** A mapping within braces, in one line or in several. */
const braced = fc
  .tuple(
    fc.shuffledSubarray(KEYS, { minLength: 1 }),
    fc.array(written, { minLength: 6, maxLength: 6 }),
    fc.constantFrom([' ', ''], ['\n      ', '\n    '], ['', ' ']),
  )
  .map(([keys, values, [gap = '', end = '']]) => {
    const entries = keys.map((key, at) => `${gap}${key}: ${(values[at] as { text: string }).text}`)
    return `{${entries.join(',')}${end}}`
  })

/** Documents whose outputs stand within brackets; as a whole, or from `outs` on. */
const bracketed = fc
  .record({
    head: fc.constantFrom('', '# top\n', '---\n'),
    outs: fc.array(braced, { minLength: 1, maxLength: 3 }),
    gap: fc.constantFrom('', ' ', '\n  '),
    meta: fc.constantFrom('', 'meta: {a: 1, b: [1, 2, "x y"]}', 'desc: two words'),
    isWhole: fc.boolean(),
    comment: fc.constantFrom('', ' # c'),
    tail: fc.constantFrom('', '# end\n', '\n# end\n'),
  })
  .map(({ head, outs, gap, meta, isWhole, comment: note, tail }) => {
    const list = `outs: [${gap}${outs.join(`, ${gap}`)}]`
    const more = meta === '' ? '' : isWhole ? `, ${meta}` : `\n${meta}`
    return `${head}${isWhole ? `{${list}${more}}` : `${list}${more}`}${note}\n${tail}`
  })

describe.skipIf(!canInstall)(`formats of DVC ${DVC}`, () => {
  test('documents are written as ruamel.yaml writes them', () => {
    const text = fc.oneof(
      word,
      fc.string({ unit: 'grapheme' }),
      fc.array(word, { maxLength: 40 }).map((words) => words.join(' ').trim()),
    )
    const value = fc.letrec<{ value: YamlValue; map: YamlMapping }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        text,
        scalar,
        tie('map'),
        fc.array(fc.oneof(text, tie('map')), { maxLength: 3 }),
      ),
      map: fc.dictionary(
        fc.oneof(
          fc.constantFrom(...KEYS),
          word.filter((key) => key !== ''),
        ),
        tie('value'),
        { maxKeys: 4, noNullPrototype: true },
      ),
    })).map
    const values = fc.sample(
      value.filter((each) => Object.keys(each).length > 0),
      { numRuns: SAMPLES, seed: 1 },
    )
    const expected = askPython<string>(
      REWRITE,
      values.map((each) => [null, each]),
    )
    for (const [at, each] of values.entries()) expect(writeYaml(each)).toBe(expected[at])
  })

  test('texts are rewritten as DVC rewrites them', () => {
    const texts = fc.sample(fc.oneof(document, bracketed), { numRuns: SAMPLES, seed: 2 })
    const expected = askPython<[string, boolean] | string>(
      REWRITE,
      texts.map((text) => [text, null]),
    )
    const differences = texts.flatMap((text, at) => {
      const answer = expected[at] as [string, boolean] | string
      const ours = rewriteYaml(text, readYaml(text, 'x') as YamlMapping, 'x')
      return ours === answer[0] ? [] : [{ text, ours, theirs: answer[0] }]
    })
    expect(differences.slice(0, 8).map((each) => JSON.stringify(each))).toEqual([])
  })

  test('texts are updated as DVC updates them', () => {
    // What our plain data cannot tell from a text would look changed to Python.
    const plain = fc.oneof(document, bracketed).filter((text) => !/1_000|2020-01-01/.test(text))
    const change = fc.record({
      at: fc.nat(),
      key: fc.constantFrom(...KEYS, 'isexec', 'nfiles'),
      to: fc.option(
        fc.oneof(
          scalar,
          word.map((each) => [each]),
          word.map((each) => ({ k: each })),
        ),
        { nil: undefined },
      ),
      top: fc.boolean(),
      more: fc.boolean(),
    })
    const cases = fc
      .sample(fc.tuple(plain, fc.array(change, { minLength: 1, maxLength: 3 })), { numRuns: SAMPLES, seed: 3 })
      .map(([text, changes]) => [text, changes.reduce(changed, readYaml(text, 'x') as YamlMapping)] as const)
    const expected = askPython<[string, boolean] | string>(REWRITE, cases)
    const differences = cases.flatMap(([text, value], at) => {
      const answer = expected[at] as [string, boolean] | string
      const ours = rewriteYaml(text, value, 'x')
      expect(readYaml(ours, 'x')).toEqual(value)
      // Now and then ruamel writes what it cannot read itself.
      return ours === answer[0] || typeof answer === 'string' ? [] : [{ text, value, ours, theirs: answer }]
    })
    expect(differences.slice(0, 8).map((each) => JSON.stringify(each))).toEqual([])
  })
})

/** Loads a .dvc file and saves it, and says what the hash of its definition is. */
const SAVE = `
import os, tempfile
from dvc.dvcfile import load_file
from dvc.repo import Repo
from dvc.stage.serialize import to_single_stage_file
from dvc.stage.utils import compute_md5
from dvc.utils.serialize import dumps_yaml
os.chdir(tempfile.mkdtemp())
repo = Repo.init(no_scm=True)
def answer(text):
    with open('x.dvc', 'w', newline='') as file:
        file.write(text)
    try:
        stage = load_file(repo, 'x.dvc').stage
        stage._stage_text = None
        return [dumps_yaml(to_single_stage_file(stage)), compute_md5(stage)]
    except Exception as error:
        return str(error)
`

describe.skipIf(!canInstall)(`.dvc files of DVC ${DVC}`, () => {
  test('are written anew as DVC writes them, with the same hash of their definition', () => {
    const data = {
      md5: maybe(fc.stringMatching(/^[0-9a-f]{32}$/)),
      size: maybe(fc.nat()),
      isexec: maybe(fc.boolean()),
      hash: maybe(fc.constant('md5')),
    }
    const note = fc.constantFrom('a', 'two words', 'é: x', '')
    const out = fc.record({
      ...data,
      path: fc.constantFrom('a', './b', 'c/', 'in/d', 'é 1'),
      desc: maybe(note),
      type: maybe(note),
      labels: maybe(
        fc.array(
          note.filter((text) => text !== ''),
          { maxLength: 2 },
        ),
      ),
      meta: maybe(fc.constantFrom<YamlValue>({ a: 1, b: ['x'] }, {}, 'text')),
      cache: maybe(fc.boolean()),
      persist: maybe(fc.boolean()),
      push: maybe(fc.boolean()),
      remote: maybe(fc.constant('store')),
    })
    const repo = fc.record({
      url: fc.constantFrom('/nowhere', 'https://example.com/r'),
      rev: maybe(fc.constant('main')),
      rev_lock: maybe(fc.constant('abc')),
    })
    const dep = fc.oneof(
      fc.record({ ...data, path: fc.constantFrom('dep', 'in/dep') }),
      fc.record({ path: fc.constantFrom('in/x', 'x'), repo }),
    )
    const file = fc.record({
      outs: fc.uniqueArray(out, { minLength: 1, maxLength: 2, selector: ({ path }) => path }),
      deps: maybe(fc.array(dep, { maxLength: 1 })),
      frozen: maybe(fc.boolean()),
      always_changed: maybe(fc.boolean()),
      desc: maybe(note),
      meta: maybe(fc.constantFrom<YamlValue>({ who: 'me' }, {})),
      wdir: maybe(fc.constantFrom('.', './')),
      md5: maybe(fc.constant('f5ea021eddd7b1df6de80b904cba1da6')),
    })
    const texts = fc
      .sample(file, { numRuns: SAMPLES, seed: 6 })
      .map((each) => writeYaml(each as unknown as YamlMapping))
    const expected = askPython<[string, string] | string>(SAVE, texts)
    const differences = texts.flatMap((text, at) => {
      const read = readDvcFile(text, 'x.dvc')
      const ours = [writeDvcFile(read), definitionHash(read)]
      return JSON.stringify(ours) === JSON.stringify(expected[at]) ? [] : [{ text, ours, theirs: expected[at] }]
    })
    expect(differences.slice(0, 4)).toEqual([])
  })
})

/** Reads and writes a config file as DVC does. */
const CONFIG = `
import io
from configobj import ConfigObj
from dvc.config import Config, _lower_keys, _pack_named, _parse_named
def answer(text):
    try:
        conf = _parse_named(_lower_keys(ConfigObj(io.StringIO(text), interpolation=False).dict()))
        out = io.BytesIO()
        packed = ConfigObj(_pack_named(conf), interpolation=False)
        packed.default_encoding = 'utf-8'
        packed.write(out)
        return out.getvalue().decode()
    except Exception as error:
        return ['error', str(error)]
`

describe.skipIf(!canInstall)(`config files of DVC ${DVC}`, () => {
  test('are read and written as ConfigObj does', () => {
    const piece = fc.constantFrom(
      ' ',
      ',',
      '#',
      "'",
      '"',
      '=',
      'a',
      'B',
      'é',
      "'''",
      '"x"',
      ', ',
      ' # c',
      ';',
      '[',
      ']',
    )
    const value = fc.string({ unit: piece, maxLength: 8 })
    const line = fc.oneof(
      {
        arbitrary: fc
          .tuple(fc.constantFrom('url', 'Dir', '"type"', 'x y', "'q'"), value)
          .map(([key, each]) => `  ${key} = ${each}`),
        weight: 6,
      },
      fc.constantFrom('# c', '', '   ', 'novalue'),
    )
    const section = fc.tuple(
      fc.constantFrom(
        '[core]',
        '[Cache] # c',
        '[\'remote "A b"\']',
        '[remote "x"]',
        '[ index ]',
        '[\'db "d"\']',
        '[[deep]]',
      ),
      fc.array(line, { maxLength: 4 }),
    )
    const texts = fc
      .sample(fc.uniqueArray(section, { maxLength: 4, selector: ([name]) => name }), { numRuns: SAMPLES * 3, seed: 4 })
      .map((sections) => sections.map(([name, lines]) => [name, ...lines].join('\n')).join('\n'))
    const expected = askPython<string | [string, string]>(CONFIG, texts)
    const outcomes = texts.map((text, at) => {
      const answer = expected[at] as string | [string, string]
      const ours = outcomeOf(() => writeIni(readIni(text, 'config')))
      const isRefused = ours === undefined
      // Sections in sections, and keys that differ by case only, DVC takes for now, and then refuses or loses one.
      const isRight =
        typeof answer === 'string'
          ? ours === answer || (isRefused && (text.includes('[[') || isKeyTwice(text)))
          : isRefused || answer[1].includes('cannot be safely quoted')
      return { text, ours, answer, isRefused, isRight }
    })
    expect(outcomes.filter(({ isRight }) => !isRight).slice(0, 5)).toEqual([])
    expect(outcomes.filter(({ isRefused }) => isRefused).length).toBeLessThan(texts.length * 0.8)
  })

  test('are edited as dvc config does', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'dayshift-dvc-')))
    const user = { global: join(env['DVC_GLOBAL_CONFIG_DIR'] as string, 'config') }
    const files = (name: string): ConfigFiles => configFiles(join(folder, name, '.dvc'), user)
    const edits: readonly (readonly [level: 'repo' | 'local', name: string, value: string | undefined])[] = [
      ['repo', 'cache.type', 'reflink,copy'],
      ['repo', 'core.autostage', 'true'],
      ['repo', 'cache.dir', 'sub/./cache'],
      ['local', 'cache.dir', '~/cache #1'],
      ['repo', 'remote.My-Store.url', '../store, two'],
      ['repo', 'remote.my-store.verify', 'True'],
      ['local', 'remote.my-store.jobs', '3'],
      ['repo', 'remote.s3.url', 's3://bucket/x'],
      ['repo', 'remote.s3.password', 'x'],
      ['repo', 'core.nothing', 'x'],
      ['local', 'core.remote', 'My-Store'],
      ['repo', 'cache.dir', '/absolute'],
      ['repo', 'core.autostage', undefined],
      ['repo', 'core.autostage', undefined],
      ['repo', 'db.d.url', `it's "x"`],
      ['repo', 'state.dir', 'a'],
    ]
    for (const name of ['real', 'ours']) {
      await mkdir(join(folder, name), { recursive: true })
      await dvc(join(folder, name), 'init', '--quiet', '--no-scm')
    }
    for (const [level, name, value] of edits) {
      const words = [
        'config',
        level === 'local' ? '--local' : '--project',
        ...(value === undefined ? ['--unset', name] : [name, value]),
      ]
      const real = await dvc(join(folder, 'real'), ...words).then(
        () => 'done',
        () => 'refused',
      )
      const ours = await editConfig(files('ours'), level, name, value, { cwd: join(folder, 'ours') }).then(
        () => 'done',
        () => 'refused',
      )
      expect([name, ours]).toEqual([name, real])
      for (const file of ['config', 'config.local']) {
        const text = (twin: string): Promise<string> =>
          readFile(join(folder, twin, '.dvc', file), 'utf8').catch(() => 'none')
        expect(await text('ours')).toBe(await text('real'))
      }
    }
    const lines = (await listConfig(files('real'))).map(({ name, value, level, file }) => {
      const shown = level === 'global' ? file : relative(join(folder, 'real'), file)
      return `${shown}\t${name}=${String(value).replace(homedir(), env['HOME'] as string)}\n`
    })
    expect(lines.join('')).toBe(await dvc(join(folder, 'real'), 'config', '--list', '--show-origin'))
    await rm(folder, { recursive: true })
  })
})

/** What DVC says of paths of a repository. */
const CHECK_IGNORE = `
import os
from dvc.repo import Repo
def answer(question):
    root, paths = question
    os.chdir(root)
    try:
        repo = Repo(root)
        results = [repo.dvcignore.check_ignore(path) for path in paths]
        return [[bool(r.match), str(r.pattern_infos[-1]) if r.pattern_infos else None] for r in results]
    except Exception as error:
        return str(error)
`

describe.skipIf(!canInstall)(`.dvcignore of DVC ${DVC}`, () => {
  test('paths are ignored by the very patterns that DVC names', async () => {
    const names = ['a', 'b', 'ab', 'a.b', '[x]', 'x y', 'é', '#a', '!a', 'in', 'in2', '*']
    const segment = fc.oneof(
      fc.constantFrom(
        ...names,
        '*',
        '**',
        '?',
        'a*',
        '*.b',
        '[ab]',
        '[!a]*',
        '\\\\#a',
        '\\\\!a',
        '[a',
        'in*',
        '[]a]',
        '[^b]',
        'x\\\\ y',
        '\\\\[x]',
      ),
    )
    const pattern = fc
      .tuple(
        fc.constantFrom('', '!', ' ', '#'),
        fc.constantFrom('', '/', '**/'),
        fc.array(segment, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', '/', ' ', '/**', '/*'),
      )
      .map(([not, lead, parts, tail]) => `${not.trim() === '#' ? '' : not}${lead}${parts.join('/')}${tail}`)
    const file = fc
      .array(fc.oneof({ arbitrary: pattern, weight: 5 }, fc.constantFrom('# c', '')), { maxLength: 5 })
      .map((lines) => lines.join('\n'))
    const tree = fc.record({
      root: file,
      folders: fc.dictionary(fc.constantFrom('in', 'in/a', '[x]', 'in2'), file, { maxKeys: 2, noNullPrototype: true }),
      repos: fc.subarray(['in/ab', 'b']),
    })
    const folders = ['', 'in', 'in/a', 'in/ab', '[x]', 'in2', 'b', 'in/a/x y']
    const places = folders.flatMap((folder) => names.map((name) => (folder === '' ? name : `${folder}/${name}`)))
    const trees = fc.sample(tree, { numRuns: Math.ceil(SAMPLES / 4), seed: 5 })
    const top = await realpath(await mkdtemp(join(tmpdir(), 'dayshift-dvc-')))
    const roots = await Promise.all(
      trees.map(async ({ root, folders: own, repos }, at) => {
        const here = join(top, String(at))
        for (const folder of folders) await mkdir(join(here, folder), { recursive: true })
        await mkdir(join(here, '.dvc/tmp'), { recursive: true })
        await writeFile(join(here, '.dvc/config'), '[core]\n    no_scm = True\n')
        await writeFile(join(here, '.dvcignore'), root)
        for (const [folder, text] of Object.entries(own)) await writeFile(join(here, folder, '.dvcignore'), text)
        for (const repo of repos) await mkdir(join(here, repo, '.dvc'))
        return here
      }),
    )
    const expected = askPython<[boolean, string | null][] | string>(
      CHECK_IGNORE,
      roots.map((root) => [root, places]),
    )
    const differences: unknown[] = []
    let decided = 0
    for (const [at, root] of roots.entries()) {
      const answer = expected[at] as [boolean, string | null][] | string
      const ours = await checkIgnore(places, { cwd: root }).then(
        (checks) => checks.map(({ ignored, pattern: mark }) => [ignored, mark ?? null] as const),
        () => 'refused',
      )
      if (typeof ours === 'string' || typeof answer === 'string') {
        if (typeof ours !== typeof answer) differences.push({ tree: trees[at], ours, answer })
        continue
      }
      for (const [index, path] of places.entries()) {
        decided += ours[index]?.[1] === null ? 0 : 1
        if (JSON.stringify(ours[index]) === JSON.stringify(answer[index])) continue
        differences.push({ tree: trees[at], path, ours: ours[index], theirs: answer[index] })
      }
    }
    expect(differences.slice(0, 5)).toEqual([])
    expect(decided).toBeGreaterThan(SAMPLES)
    await rm(top, { recursive: true })
  })
})

/** What DVC finds in a repository, in the workspace and at a revision. */
const OUTPUTS = `
import os
from dvc.repo import Repo
def outputs(repo):
    root = repo.root_dir if os.path.isdir(repo.root_dir) else '/'
    found = []
    for stage in repo.index.stages:
        for out in stage.outs:
            found.append({
                'path': repo.fs.relpath(out.fs_path, repo.root_dir),
                'file': repo.fs.relpath(stage.path, repo.root_dir),
                'stage': getattr(stage, 'name', None),
                'hash': [out.hash_name, out.hash_info.value] if out.hash_info else None,
                'size': out.meta.size, 'nfiles': out.meta.nfiles, 'isexec': out.meta.isexec or None,
                'cache': out.use_cache, 'persist': out.persist, 'push': out.can_push,
                'remote': out.remote, 'frozen': stage.frozen, 'isImport': bool(stage.deps) and not getattr(stage, 'name', None),
            })
    return found
def answer(question):
    root, revision = question
    os.chdir(root)
    with Repo(root) as repo:
        if revision is None:
            return outputs(repo)
        for rev in repo.brancher(revs=[revision]):
            if rev != 'workspace':
                return outputs(repo)
`

describe.skipIf(!canInstall)(`what DVC ${DVC} tracks`, () => {
  test('is found in the workspace and at a revision', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'dayshift-dvc-')))
    const put = async (path: string, text: string): Promise<void> => {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    const git = (...words: readonly string[]): string =>
      execFileSync('git', words, { cwd: root, env, encoding: 'utf8' })
    git('init', '--quiet')
    await dvc(root, 'init', '--quiet')
    await put('a.dvc', `outs:\n- md5: ${md5('a')}\n  size: 1\n  isexec: true\n  hash: md5\n  path: a\n`)
    await put(
      'old/two.dvc',
      `wdir: ..\nouts:\n- md5: ${md5('b')}.dir\n  nfiles: 2\n  path: old/b\n- md5: ${md5('c')}\n  path: c\n  cache: false\n  push: false\n`,
    )
    await put(
      'imp.dvc',
      `frozen: true\ndeps:\n- path: x\n  repo:\n    url: https://example.com/r\n    rev_lock: abcdef\nouts:\n- md5: ${md5('d')}\n  hash: md5\n  path: imp\n  remote: r\n  persist: true\n`,
    )
    await put('old/b/inside.dvc', 'outs:\n- path: never\n')
    await put('skipped/s.dvc', 'outs:\n- path: s\n')
    await put('ignored/i.dvc', 'outs:\n- path: i\n')
    await put('.dvcignore', 'skipped\n')
    await put('.gitignore', '/ignored\n')
    await put(
      'params.yaml',
      'lr: 1e-5\nmodels:\n  big: {layers: 3}\n  small: {layers: 1}\nlist: [1.0, two, true, null]\ndir: work\n',
    )
    await put('p/extra.json', '{"x": {"y": ["q", {"z": 2.50}]}}')
    await put(
      'dvc.yaml',
      'vars:\n- p/extra.json:x\n- own: {n: 0x10}\nstages:\n  plain:\n    cmd: run\n    wdir: ${dir}\n    outs:\n    - m-${lr}.pkl\n    - ${x.y[0]}:\n        cache: false\n        persist: true\n        push: false\n        remote: far\n    metrics:\n    - n${own.n}.json\n    plots:\n    - plot.csv:\n        x: a\n  each:\n    foreach: ${models}\n    do:\n      cmd: run ${item.layers}\n      frozen: true\n      outs:\n      - ${key}-${item.layers}\n  items:\n    foreach: ${list}\n    do:\n      cmd: run ${item}\n      outs:\n      - i-${item}\n  grid:\n    matrix:\n      lr: [0.1, 1e10]\n      on: [true, "${list[2]}"]\n      deep:\n      - {a: 1}\n      - b\n    cmd: run\n    vars:\n    - local: here\n    outs:\n    - g-${key}-${item.lr}-${local}\n',
    )
    await mkdir(join(root, 'work'))
    await put(
      'dvc.lock',
      `schema: '2.0'\nstages:\n  plain:\n    cmd: run\n    outs:\n    - path: m-1e-05.pkl\n      hash: md5\n      md5: ${md5('e')}\n      size: 5\n    - path: plot.csv\n      md5: ${md5('f')}\n      size: 6\n  each@big:\n    cmd: run 3\n    outs:\n    - path: big-3\n      hash: md5\n      md5: ${md5('0')}.dir\n      size: 7\n      nfiles: 1\n  gone:\n    cmd: x\n    outs:\n    - path: gone\n      md5: ${md5('1')}\n`,
    )
    git('add', '--all')
    git('commit', '--quiet', '-m', 'one')
    await put('a.dvc', `outs:\n- hash: md5\n  path: a\n`)
    await rm(join(root, 'dvc.lock'))
    const [workspace, revision] = askPython<Record<string, unknown>[]>(OUTPUTS, [
      [root, null],
      [root, 'HEAD'],
    ])
    const repo = await findRepo(root, env)
    if (!repo) throw new Error('no repository')
    const ours = async (at?: string): Promise<unknown[]> =>
      (await outputsOf(repo, { revision: at })).map(({ hash, ...rest }) => ({
        stage: null,
        size: null,
        nfiles: null,
        isexec: null,
        remote: null,
        ...rest,
        // DVC tells these in another way.
        origin: undefined,
        deps: undefined,
        hash: hash ? [hash.algorithm, hash.digits] : null,
      }))
    expect(sorted(await ours())).toEqual(sorted(workspace))
    // At a revision DVC heeds no .dvcignore, and takes what lies in tracked data for its own.
    const elsewhere = new Set(['skipped/s.dvc', 'old/b/inside.dvc'])
    const kept = (outputs: readonly unknown[] = []): unknown[] =>
      outputs.filter((output) => !elsewhere.has((output as Output).file))
    expect(sorted(kept(await ours('HEAD')))).toEqual(sorted(kept(revision)))
    await rm(root, { recursive: true })
  })
})

function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined })
}

function md5(digit: string): string {
  return digit.repeat(32)
}

function sorted(outputs: readonly unknown[] = []): unknown[] {
  return outputs.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
}

function keyOf(output: unknown): string {
  const { file, path } = output as Output
  return `${file} ${path}`
}

function outcomeOf<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function isKeyTwice(text: string): boolean {
  return text.split(/^\[/m).some((section) => {
    const keys = [...section.matchAll(/^ {2}['"]?(.*?)['"]? = /gm)].map(([, key]) => key)
    return new Set(keys).size < keys.length
  })
}

interface Change {
  readonly at: number
  readonly key: string
  readonly to: YamlValue | undefined
  readonly top: boolean
  readonly more: boolean
}

function changed(value: YamlMapping, { at, key, to, top, more }: Change): YamlMapping {
  if (top) return assign(value, key === 'desc' ? 'type' : key, to)
  const outs = value['outs'] as readonly YamlMapping[]
  const place = at % outs.length
  const changedOuts = outs.map((out, index) => (index === place ? assign(out, key, to) : out))
  return { ...value, outs: more ? [...changedOuts, { path: key }] : changedOuts }
}

function assign(value: YamlMapping, key: string, to: YamlValue | undefined): YamlMapping {
  if (to !== undefined) return { ...value, [key]: to }
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
}
