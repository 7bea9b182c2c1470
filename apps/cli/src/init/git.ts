import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder a git repository where it is in none, since versions are recorded in git.
 *
 * @param own whether the folder is new: a repository of its own may then get a committer's name, where git has none
 * @returns lines that tell what was done
 */
export function prepareGit(folder: string, own: boolean): string[] {
  const git = (...words: string[]): { ok: boolean; text: string } => {
    const { status, stdout } = spawnSync('git', words, { cwd: folder, encoding: 'utf8' })
    return { ok: status === 0, text: (stdout ?? '').trim() }
  }
  if (!git('--version').ok) return ['  git is not installed: versions (step 3) need it']
  const inside = git('rev-parse', '--show-toplevel')
  const lines: string[] = []
  if (!inside.ok) {
    if (!git('init', '--quiet').ok) return ['  git init failed: versions (step 3) need a git repository']
    lines.push('  git init')
  }
  if (own && !inside.ok && !(git('config', 'user.email').ok && git('config', 'user.name').ok)) {
    git('config', 'user.name', 'dayshift example')
    git('config', 'user.email', 'example@dayshift.invalid')
    lines.push('  git has no user.name here: this repository commits as "dayshift example"')
  }
  return lines
}

/** Whether the folder has GitLab's workflow, or a remote that git pushes to is a GitLab. */
export function usesGitlab(folder: string): boolean {
  if (!existsSync(folder)) return false
  if (existsSync(join(folder, '.gitlab-ci.yml'))) return true
  const { stdout } = spawnSync('git', ['config', '--get-regexp', '^remote\\..*\\.url$'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return /gitlab/i.test(stdout ?? '')
}
