/** Whether one path is the other or lies beneath it; both relative to the same folder, or absolute; POSIX. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
