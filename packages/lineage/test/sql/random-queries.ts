import { chanceOf } from './perturb.ts'

interface Table {
  readonly sql: string
  readonly alias: string
  readonly columns: readonly string[]
}

type Query = Omit<Table, 'alias'>

/** Few, so that they hide one another. */
const NAMES = ['id', 'qty', 'a', 'b', 'amount', 'price', 'customer', 'k', 'jan']

const BASES: Readonly<Record<string, readonly string[]>> = {
  orders: ['id', 'customer', 'amount', 'qty'],
  items: ['id', 'price'],
  customers: ['id', 'parent'],
  wide: ['k', 'jan', 'feb', 'mar'],
}

/** A query over the tables of the corpus, the same for the same seed. Many are refused by the engine, as names are taken by chance. */
export function randomQuery(seed: number): string {
  return new Writer(seed).write()
}

class Writer {
  readonly #chance: () => number
  readonly #ctes: { readonly name: string; readonly columns: readonly string[] }[] = []
  #count = 0

  constructor(seed: number) {
    this.#chance = chanceOf(seed)
  }

  write(): string {
    const written: string[] = []
    for (const name of ['c1', 'orders', 'c2', 'items']) {
      if (this.#chance() > 0.25) continue
      const { sql, columns } = this.#query(1)
      written.push(`${name} AS (${sql})`)
      this.#ctes.push({ name, columns })
    }
    const before = written.length > 0 ? `WITH ${written.join(', ')} ` : ''
    return before + this.#query(2).sql
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[Math.floor(this.#chance() * values.length)] as Value
  }

  #column(tables: readonly Table[]): string {
    const { alias, columns } = this.#pick(tables)
    const name = this.#pick(columns)
    return this.#chance() < 0.5 ? `${alias}.${name}` : name
  }

  #value(tables: readonly Table[], depth: number): string {
    const part = (): string => this.#value(tables, depth - 1)
    const column = (): string => this.#column(tables)
    if (depth <= 0) return column()
    const within = this.#table(0)
    return this.#pick([
      column,
      column,
      column,
      () => `${part()} + ${part()}`,
      () => `CASE WHEN ${part()} > ${Math.floor(this.#chance() * 5)} THEN ${part()} ELSE ${part()} END`,
      () => `COALESCE(${part()}, 1)`,
      () => `(SELECT max(${this.#column([within])}) FROM ${within.sql} WHERE ${this.#column([within])} > ${column()})`,
      () => `(${column()} IN (SELECT ${this.#column([within])} FROM ${within.sql}))::INT`,
      () => `list_sum(list_transform([${column()}], ${this.#pick(NAMES)} -> ${this.#pick(NAMES)} + ${column()}))`,
      () => `sum(${column()}) OVER (PARTITION BY ${column()} ORDER BY ${column()})`,
    ])()
  }

  #table(depth: number): Table {
    const alias = this.#chance() < 0.5 ? `t${this.#count++}` : this.#pick(['o', 'x', 'id', 'a'])
    if (depth > 0 && this.#chance() < 0.5) {
      const { sql, columns } = this.#query(depth - 1)
      return { sql: `(${sql}) ${alias}`, alias, columns }
    }
    const cte = this.#chance() < 0.4 ? this.#ctes.at(-1) : undefined
    if (cte) return { sql: `${cte.name} ${alias}`, alias, columns: cte.columns }
    const base = this.#pick(Object.keys(BASES))
    return { sql: `${base} ${alias}`, alias, columns: BASES[base] ?? [] }
  }

  #query(depth: number): Query {
    if (depth > 0 && this.#chance() < 0.15) {
      const [left, right] = [this.#query(depth - 1), this.#query(depth - 1)]
      const kind = this.#pick(['UNION ALL', 'UNION', 'EXCEPT', 'INTERSECT', 'UNION ALL BY NAME'])
      return { sql: `(${left.sql}) ${kind} (${right.sql})`, columns: left.columns }
    }
    const tables = [this.#table(depth)]
    let from = tables[0]?.sql ?? ''
    while (this.#chance() < 0.4 && tables.length < 3) from += this.#joined(tables, depth)
    const where = this.#chance() < 0.4 ? ` WHERE ${this.#value(tables, 1)} > ${Math.floor(this.#chance() * 4)}` : ''
    const form = this.#chance()
    if (form < 0.3) return this.#grouped(tables, `${from}${where}`)
    if (form < 0.5) return this.#starred(tables, `${from}${where}`)
    const columns = Array.from({ length: 1 + Math.floor(this.#chance() * 3) }, () => this.#pick(NAMES))
    const list = columns.map((name) => `${this.#value(tables, 2)} AS ${name}`)
    const order = this.#chance() < 0.3 ? ` ORDER BY ${this.#pick([...columns, this.#column(tables)])}` : ''
    return { sql: `SELECT ${list.join(', ')} FROM ${from}${where}${order}`, columns }
  }

  #joined(tables: Table[], depth: number): string {
    const table = this.#table(depth > 0 ? depth - 1 : 0)
    const kind = this.#pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])
    const common = table.columns.filter((name) => tables.some(({ columns }) => columns.includes(name)))
    const condition = `${this.#column(tables)} = ${table.alias}.${this.#pick(table.columns)}`
    tables.push(table)
    const way = this.#chance()
    if (way < 0.3 && common.length > 0) return ` ${kind} ${table.sql} USING (${this.#pick(common)})`
    if (way < 0.4) return ` NATURAL ${kind} ${table.sql}`
    return way < 0.5 ? `, ${table.sql}` : ` ${kind} ${table.sql} ON ${condition}`
  }

  #grouped(tables: readonly Table[], from: string): Query {
    const key = this.#column(tables)
    const columns = [this.#pick(NAMES), this.#pick(NAMES)]
    const value = this.#pick([
      `sum(${this.#value(tables, 1)})`,
      `max(${this.#column(tables)}) FILTER (WHERE ${this.#column(tables)} > 1)`,
      `count(DISTINCT ${this.#column(tables)})`,
    ])
    const having = this.#chance() < 0.3 ? ` HAVING max(${this.#column(tables)}) > 1` : ''
    const by = this.#pick(['ALL', '1', key])
    return {
      sql: `SELECT ${key} AS ${columns[0]}, ${value} AS ${columns[1]} FROM ${from} GROUP BY ${by}${having}`,
      columns,
    }
  }

  #starred(tables: readonly Table[], from: string): Query {
    const { alias, columns } = this.#pick(tables)
    const name = this.#pick(columns)
    const star = this.#pick([
      '*',
      `${alias}.*`,
      `* EXCLUDE (${name})`,
      `* REPLACE (${this.#value(tables, 1)} AS ${name})`,
      `* RENAME (${name} AS ${this.#pick(NAMES)})`,
    ])
    const all = [...new Set(tables.flatMap((table) => table.columns))]
    const order = this.#chance() < 0.2 ? ` ORDER BY ${name} LIMIT 4` : ''
    return { sql: `SELECT ${star} FROM ${from}${order}`, columns: all }
  }
}
