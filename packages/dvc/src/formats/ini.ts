import { failure } from '../codes.ts'

/** A setting: a text, or a list where the file has commas outside of quotes. */
export type IniValue = string | readonly string[]

/** Sections with their keys, as the file orders them; all names in lower case: `core`, `remote "store"`. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, IniValue>>

const SECTION = /^(\s*)((?:\[\s*)+)((?:"\s*\S.*?\s*")|(?:'\s*\S.*?\s*')|(?:[^'"\s].*?))((?:\s*\])+)\s*(#.*)?$/
const SETTING = /^(\s*)((?:".*?")|(?:'.*?')|(?:[^'"=].*?))\s*=\s*(.*)$/
const VALUE =
  /^(?:((?:(?:(?:".*?")|(?:'.*?')|(?:[^'",#][^,#]*?))\s*,\s*)*)((?:".*?")|(?:'.*?')|(?:[^'",#\s][^,]*?)|(?:(?<!,)))?|(,))\s*(#.*)?$/
const ITEM = /((?:".*?")|(?:'.*?')|(?:[^'",#]?.*?))\s*,\s*/g

/**
 * Reads a config file as ConfigObj 5 does for DVC: quotes, comments, lists, and texts of several lines in three quotes.
 *
 * @param where the file's name, for errors
 * @throws DS_DVC_CONFIG with the line
 * @example readIni('[core]\n    no_scm = True\n', '.dvc/config').get('core')?.get('no_scm') // 'True'
 */
export function readIni(text: string, where: string): IniSections {
  const sections = new Map<string, Map<string, IniValue>>()
  const spelt = new Set<string>()
  let section: Map<string, IniValue> | undefined
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/)
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string
    const refuse = (problem: string): Error =>
      failure('DS_DVC_CONFIG', `${where}:${at + 1} ${problem}`, { where: `${where}:${at + 1}` })
    if (/^\s*(?:#|$)/.test(line)) continue
    const header = SECTION.exec(line)
    if (header) {
      if (header[2]?.replaceAll(/\s/g, '') !== '[' || header[4]?.replaceAll(/\s/g, '') !== ']') {
        throw refuse('has a section within a section')
      }
      const name = unquoted(header[3] as string)
      if (spelt.has(name)) throw refuse(`has the section ${name} again`)
      spelt.add(name)
      section = new Map()
      sections.set(sectionName(name), section)
      continue
    }
    const setting = SETTING.exec(line)
    if (!setting) throw refuse('is neither a section nor a setting')
    if (!section) throw refuse('has a setting outside of all sections')
    const key = unquoted(setting[2] as string)
    let value = setting[3] as string
    const quotes = /^(?:"""|''')/.exec(value)?.[0]
    if (quotes !== undefined) {
      while (!value.includes(quotes, 3) && at + 1 < lines.length) value += `\n${lines[++at] as string}`
    }
    const read = quotes === undefined ? readValue(value) : readLong(value, quotes)
    if (read === undefined) throw refuse(`has a value for ${key} that cannot be read`)
    if (section.has(key.toLowerCase())) throw refuse(`has the setting ${key} again`)
    section.set(key.toLowerCase(), read)
  }
  return sections
}

function readValue(text: string): IniValue | undefined {
  const match = VALUE.exec(text)
  if (!match) return undefined
  const [, list = '', single, empty] = match
  if (empty !== undefined) return []
  if (list === '') return unquoted(single ?? '')
  const items = [...list.matchAll(ITEM)].map(([, item = '']) => item)
  if (items.includes('')) return undefined
  return [...items, ...(single === undefined ? [] : [single])].map(unquoted)
}

function readLong(text: string, quotes: string): string | undefined {
  const match = new RegExp(`^${quotes}(.*?)${quotes}\\s*(?:#.*)?$`, 's').exec(text)
  return match?.[1]
}

function unquoted(text: string): string {
  const quote = text[0]
  return text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote) ? text.slice(1, -1) : text
}

/** DVC lowers all names, those of remotes too. */
function sectionName(name: string): string {
  const [, kind, own] = /^\s*(remote|machine|db)\s*"(.*)"\s*$/.exec(name.toLowerCase()) ?? []
  return kind === undefined ? name.toLowerCase() : `${kind} "${own}"`
}

/**
 * Writes sections as DVC does: plain ones first, then remotes, machines and databases; none that is plain and empty.
 *
 * @throws DS_DVC_CONFIG_VALUE where no quotes can hold a value
 */
export function writeIni(sections: IniSections): string {
  const plain = [...sections].filter(([name, keys]) => !/ "/.test(name) && keys.size > 0)
  const named = ['remote', 'machine', 'db'].flatMap((kind) =>
    [...sections].filter(([name]) => name.startsWith(`${kind} "`)),
  )
  const lines = [...plain, ...named].flatMap(([name, keys]) => [
    `[${quoted(name, false)}]`,
    ...[...keys].map(([key, value]) => `    ${quoted(key, false)} = ${writeValue(key, value)}`),
  ])
  return `${lines.join('\n')}\n`
}

function writeValue(key: string, value: IniValue): string {
  // Not the value itself: it may be a password.
  const what = `the value of ${key}`
  if (typeof value === 'string') return quoted(value, true, what)
  if (value.length === 0) return ','
  const items = value.map((item) => quoted(item, false, what))
  return items.length === 1 ? `${items[0]},` : items.join(', ')
}

function quoted(text: string, mayBeLong: boolean, what = JSON.stringify(text)): string {
  if (text === '') return '""'
  const isLong = text.includes('\n') || (text.includes("'") && text.includes('"'))
  const quote = isLong ? longQuotes(text) : text.includes('"') ? "'" : '"'
  if ((isLong && !mayBeLong) || quote === undefined || /[^\P{Cc}\n\t]|[\u2028\u2029]/u.test(text)) {
    throw failure('DS_DVC_CONFIG_VALUE', `${what} cannot be written into a config file`)
  }
  const isPlain = !isLong && !/^[ \t'"]|[ \t'"]$|[,#]/.test(text)
  return isPlain ? text : `${quote}${text}${quote}`
}

/** The quotes that ConfigObj takes, unless the text would be read back as another one. */
function longQuotes(text: string): string | undefined {
  if (text.includes("'''") && text.includes('"""')) return undefined
  const quotes = text.includes('"""') ? ['"""'] : ["'''", '"""']
  return quotes.find((each) =>
    text.includes('\n') ? !text.includes(each) : readLong(`${each}${text}${each}`, each) === text,
  )
}
