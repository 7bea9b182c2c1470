import { failure } from './codes.ts'

/**
 * Refuses a call that the types would not let through: JavaScript does.
 *
 * @param options need a `cwd`
 * @param lists arguments that are lists of texts, by their names
 * @throws DS_DVC_CALL
 */
export function checkCall(options: unknown, lists: Readonly<Record<string, unknown>> = {}): void {
  for (const [name, list] of Object.entries(lists)) {
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) continue
    throw failure('DS_DVC_CALL', `the ${name} are no list of texts, as ['data/a.csv']`, { where: name })
  }
  checkFolder((options as { readonly cwd?: unknown } | null | undefined)?.cwd)
}

/**
 * Refuses what is no folder's path.
 *
 * @throws DS_DVC_CALL
 */
export function checkFolder(cwd: unknown): void {
  if (typeof cwd === 'string' && cwd !== '') return
  throw failure('DS_DVC_CALL', 'the options name no folder to work in, as { cwd: process.cwd() }', { where: 'cwd' })
}
