/** Whether a file in an error is one of a commit: `v1.0:data.dvc`. */
export function isOfCommit(where: string): boolean {
  return where.includes(':')
}

/**
 * How a file of DVC comes back that cannot be read; one of a commit stays as it is.
 *
 * @param where the file as errors name it
 * @example restoring('a.csv.dvc') // "Restore it from git: git checkout -- 'a.csv.dvc'"
 */
export function restoring(where: string): string {
  return isOfCommit(where)
    ? 'A commit stays as it is: name another one, or pass over it where the command can (--skip-failed).'
    : `Restore it from git: git checkout -- '${where}'`
}
