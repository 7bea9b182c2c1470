import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { configFiles, editConfig, listConfig, type ConfigFiles } from '../packages/dvc/src/config.ts'
import { readIni, writeIni } from '../packages/dvc/src/ini.ts'
import { rewriteYaml, writeYaml } from '../packages/dvc/src/rewrite.ts'
import { readYaml, type YamlMapping, type YamlValue } from '../packages/dvc/src/yaml.ts'
import { canInstall } from './peer.ts'
import { askPython, DVC, dvc, env, installDvc } from './real-dvc.ts'

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
    const texts = fc.sample(document, { numRuns: SAMPLES, seed: 2 })
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
    const plain = document.filter((text) => !/1_000|2020-01-01/.test(text))
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
      const ours = await editConfig(files('ours'), level, name, value, join(folder, 'ours')).then(
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
