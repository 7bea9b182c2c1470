import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIni, writeIni, type IniSections, type IniValue } from '../../src/formats/ini.ts'

function plain(sections: IniSections): Record<string, Record<string, IniValue>> {
  return Object.fromEntries([...sections].map(([name, keys]) => [name, Object.fromEntries(keys)]))
}

test('reads sections, remotes, quotes, lists and comments, in any case', () => {
  const text = `# top
[core]
    remote = my-store
    Autostage = true # why
# a comment
[cache]
    dir = "/a, b #c"
    type = reflink, "copy" ,
['remote "My-Store"'] # mine
    url = '/say "hi"'
    other = s3://bucket/a;b
    long = '''it's "two"
lines''' # end
    empty = ""
    none =
    "key" = ,
`
  expect(plain(readIni(text, 'config'))).toEqual({
    core: { remote: 'my-store', autostage: 'true' },
    cache: { dir: '/a, b #c', type: ['reflink', 'copy'] },
    'remote "my-store"': {
      url: '/say "hi"',
      other: 's3://bucket/a;b',
      long: `it's "two"\nlines`,
      empty: '',
      none: '',
      key: [],
    },
  })
})

test('writes what DVC 3.67.1 writes: plain sections first, quotes where they are needed', () => {
  const sections = new Map([
    ['remote "a"', new Map<string, IniValue>([['url', 'b, #c']])],
    ['core', new Map<string, IniValue>([['remote', 'a']])],
    ['index', new Map<string, IniValue>()],
    [
      'cache',
      new Map<string, IniValue>([
        ['type', ['reflink', 'copy']],
        ['dir', `"it's"`],
        ['s3', '"x"'],
        ['gs', ''],
      ]),
    ],
  ])
  expect(writeIni(sections)).toBe(
    `[core]\n    remote = a\n[cache]\n    type = reflink, copy\n    dir = '''"it's"'''\n    s3 = '"x"'\n    gs = ""\n['remote "a"']\n    url = "b, #c"\n`,
  )
  expect(writeIni(new Map())).toBe('\n')
})

test('what is written is read again', () => {
  const piece = fc.constantFrom(' ', ',', '#', "'", '"', '=', '[', ']', '\\', ';', 'é', 'a', '\n', '\t', '%')
  const text = fc
    .string({ unit: piece, maxLength: 8 })
    .filter((each) => !(each.includes("'''") && each.includes('"""')))
  const key = fc.constantFrom('url', 'dir', 'type', 'remote')
  const item = text.filter((each) => !each.includes('\n') && !(each.includes("'") && each.includes('"')))
  const value = fc.oneof(text, fc.array(item, { minLength: 2, maxLength: 3 }))
  fc.assert(
    fc.property(fc.dictionary(key, value, { minKeys: 1, noNullPrototype: true }), (keys) => {
      const sections = new Map([['core', new Map(Object.entries(keys))]])
      expect(plain(readIni(writeIni(sections), 'x'))).toEqual({ core: keys })
    }),
  )
})

test.each([
  ['[core]\nwhat\n', 2],
  ['a = b', 1],
  ['[a]\n[[b]]', 2],
  ['[a]\n[b]\n[a]', 3],
  ['[a]\nb = 1\nB = 2', 3],
  ['[a]\nb = "x', 2],
  ["[a]\nb = '''x\n", 3],
])('refuses %j, and says the line', (text, line) => {
  expect(() => readIni(text, 'config')).toThrow(
    expect.objectContaining({ code: 'DS_DVC_CONFIG', where: `config:${line}` }),
  )
})

test.each(['a\rb', `'''"""`, '\u2028'])('refuses to write %j: it would not be read again', (value) => {
  expect(() => writeIni(new Map([['core', new Map([['remote', value]])]]))).toThrow(
    expect.objectContaining({ code: 'DS_DVC_CONFIG_VALUE' }),
  )
})
