import type { ProjectFile } from './project-file.ts'

/** What becomes of one file. */
export interface PlannedWrite {
  readonly file: ProjectFile
  /** `add`: lines that it lacks are added to it; `keep`: it is left as it is. */
  readonly action: 'write' | 'add' | 'keep'
  /** What the file holds afterwards. */
  readonly text: string
}

/**
 * Plans which files are written: none that is there is overwritten.
 *
 * @param read gives what a file holds; undefined where it is not there
 */
export function planWrites(
  files: readonly ProjectFile[],
  read: (path: string) => string | undefined,
): readonly PlannedWrite[] {
  return files.map((file) => {
    const present = read(file.path)
    if (present === undefined) return { file, action: 'write', text: file.text }
    const missing = file.isLines ? linesMissing(file.text, present) : []
    if (missing.length === 0) return { file, action: 'keep', text: present }
    const whole = present === '' || present.endsWith('\n') ? present : `${present}\n`
    return { file, action: 'add', text: `${whole}${missing.join('\n')}\n` }
  })
}

/** Lines that another text lacks; comments come with the lines that they stand above. */
function linesMissing(text: string, present: string): string[] {
  const known = new Set(present.split(/\r?\n/).map((line) => line.trim()))
  const isMissing = (line: string): boolean => line !== '' && !known.has(line)
  const lines = text.split('\n').filter(isMissing)
  return lines.some((line) => !line.startsWith('#')) ? lines : []
}
