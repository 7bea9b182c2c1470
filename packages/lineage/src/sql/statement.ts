import { Untold } from './tree.ts'

/** A statement that writes the rows of a query, or a query alone. */
export interface Statement {
  /** The query, without what ends the statement. */
  readonly query: string
  /** What it writes: the name of a table or view, parts first to last, or the path of a file. */
  readonly target?: readonly string[]
  /** Whether the target is a file. */
  readonly isFile?: true
  /** The target's columns that the query's columns become, in order. */
  readonly columns?: readonly string[]
  /** Whether the target is a table that was there before, so that its columns have names of their own. */
  readonly into?: 'position' | 'name'
}

interface Token {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Names and values in quotes, comments, numbers and words, and all else one by one. */
const TOKEN =
  /--[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|"(?:[^"]|"")*"|[eE]?'(?:[^']|'')*'|(?<tag>\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\k<tag>|[\p{L}\p{N}_$]+|\S/gu

function tokensOf(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)]
    .map(({ 0: text, index }) => ({ text, start: index, end: index + text.length }))
    .filter(({ text }) => !text.startsWith('--') && !text.startsWith('/*'))
}

/**
 * Parts a statement into what it writes and the query that gives the rows: `CREATE TABLE … AS`, `CREATE VIEW … AS`,
 * `INSERT INTO …`, `COPY (…) TO '…'`; anything else is taken for a query.
 *
 * @throws Untold for a statement of another form
 * @example statementOf('CREATE TABLE t AS SELECT 1') // { query: 'SELECT 1', target: ['t'] }
 */
export function statementOf(sql: string): Statement {
  const tokens = tokensOf(sql)
  while (tokens.at(-1)?.text === ';') tokens.pop()
  const cursor = new Cursor(sql, tokens)
  const [first] = tokens
  if (!first) throw new Untold('there is no SQL')
  if (cursor.takes('CREATE')) return creation(cursor)
  if (cursor.takes('INSERT')) return insertion(cursor)
  if (cursor.takes('COPY')) return copying(cursor)
  return { query: cursor.rest() }
}

function creation(cursor: Cursor): Statement {
  if (cursor.takes('OR')) cursor.needs('REPLACE')
  while (cursor.takes('TEMP') || cursor.takes('TEMPORARY') || cursor.takes('RECURSIVE'));
  if (!cursor.takes('TABLE') && !cursor.takes('VIEW')) throw new Untold('only tables and views are made of queries')
  if (cursor.takes('IF')) {
    cursor.needs('NOT')
    cursor.needs('EXISTS')
  }
  const target = cursor.name()
  const columns = cursor.names()
  cursor.needs('AS')
  return { query: cursor.rest(), target, ...(columns ? { columns } : {}) }
}

function insertion(cursor: Cursor): Statement {
  if (cursor.takes('OR') && !cursor.takes('REPLACE')) cursor.needs('IGNORE')
  cursor.needs('INTO')
  const target = cursor.name()
  const columns = cursor.names()
  let into: 'position' | 'name' = 'position'
  if (cursor.takes('BY')) {
    into = cursor.takes('NAME') ? 'name' : 'position'
    if (into === 'position') cursor.needs('POSITION')
  }
  return { query: cursor.rest(), target, into, ...(columns ? { columns } : {}) }
}

function copying(cursor: Cursor): Statement {
  const query = cursor.inBrackets()
  cursor.needs('TO')
  return { query, target: [cursor.text()], isFile: true }
}

class Cursor {
  readonly #sql: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(sql: string, tokens: readonly Token[]) {
    this.#sql = sql
    this.#tokens = tokens
  }

  #peek(): string {
    return this.#tokens[this.#at]?.text ?? ''
  }

  takes(word: string): boolean {
    if (this.#peek().toUpperCase() !== word) return false
    this.#at++
    return true
  }

  needs(word: string): void {
    if (!this.takes(word)) throw new Untold(`${word} was expected where ${this.#peek() || 'the end'} stands`)
  }

  #identifier(): string {
    const text = this.#peek()
    this.#at++
    if (text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"')
    if (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(text)) return text
    throw new Untold(`a name was expected where ${text || 'the end'} stands`)
  }

  /** A name with the parts before it. */
  name(): string[] {
    const parts = [this.#identifier()]
    while (this.takes('.')) parts.push(this.#identifier())
    return parts
  }

  /** Names in brackets, where there are any. */
  names(): string[] | undefined {
    if (this.#peek() !== '(' || /^(SELECT|WITH|FROM|VALUES|\()$/i.test(this.#tokens[this.#at + 1]?.text ?? ''))
      return undefined
    this.#at++
    const names = [this.#identifier()]
    while (this.takes(',')) names.push(this.#identifier())
    this.needs(')')
    return names
  }

  /** A value in quotes. */
  text(): string {
    const text = this.#peek()
    this.#at++
    if (!text.startsWith("'")) throw new Untold(`a path was expected where ${text || 'the end'} stands`)
    return text.slice(1, -1).replaceAll("''", "'")
  }

  /** What stands in brackets. */
  inBrackets(): string {
    const open = this.#tokens[this.#at]
    if (open?.text !== '(') throw new Untold('what is copied is no query')
    let depth = 0
    for (; this.#at < this.#tokens.length; this.#at++) {
      const { text, start } = this.#tokens[this.#at] as Token
      depth += text === '(' ? 1 : text === ')' ? -1 : 0
      if (depth > 0) continue
      this.#at++
      return this.#sql.slice(open.end, start)
    }
    throw new Untold('a bracket is not closed')
  }

  /** All that is left. */
  rest(): string {
    const [start, end] = [this.#tokens[this.#at]?.start, this.#tokens.at(-1)?.end]
    if (start === undefined || end === undefined) throw new Untold('there is no query')
    return this.#sql.slice(start, end)
  }
}
