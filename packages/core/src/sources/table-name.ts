import { randomBytes } from 'node:crypto'

/** A name that no table, view or function of any engine has yet: safe in SQL as it stands. */
export function newTable(what: string): string {
  return `dayshift_${what}_${randomBytes(6).toString('hex')}`
}
