import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { withoutSecrets } from '@dayshift/core/ground'
import type { SourceCodeLocation } from './job-facets.ts'

const run = promisify(execFile)

type Env = Readonly<Record<string, string | undefined>>

/**
 * Where the code of a folder stands in version control: the repository that it came from, the commit, the branch, the tag and,
 * where a CI tells it, the number of the pull request. What cannot be found out is left out.
 *
 * @param folder any folder of a working copy
 * @param env where CIs tell what they work on: GitHub, GitLab, Bitbucket, Azure Pipelines
 * @example await gitSource(process.cwd()) // { repoUrl: 'https://git.example/etl.git', version: '4f2a…', branch: 'main' }
 */
export async function gitSource(folder: string, env: Env = {}): Promise<Partial<SourceCodeLocation>> {
  const [origin, version, branch, tag] = await Promise.all([
    git(folder, ['remote', 'get-url', 'origin']),
    git(folder, ['rev-parse', '--verify', 'HEAD']),
    git(folder, ['symbolic-ref', '--short', 'HEAD']),
    git(folder, ['describe', '--tags', '--exact-match', 'HEAD']),
  ])
  const found = { repoUrl: origin && addressOf(origin), version, branch, tag, pullRequestNumber: pullRequestOf(env) }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** Git's short form of an SSH address, written out. */
function addressOf(origin: string): string {
  const [, host, path] = /^([^/:]+):(?!\/\/)(.+)$/.exec(origin) ?? []
  return withoutSecrets(host === undefined || path === undefined ? origin : `ssh://${host}/${path}`)
}

function pullRequestOf(env: Env): string | undefined {
  const [, ofGitHub] = /^refs\/pull\/(\d+)\//.exec(env['GITHUB_REF'] ?? '') ?? []
  return (
    env['CI_MERGE_REQUEST_IID'] ??
    env['BITBUCKET_PR_ID'] ??
    env['SYSTEM_PULLREQUEST_PULLREQUESTNUMBER'] ??
    env['SYSTEM_PULLREQUEST_PULLREQUESTID'] ??
    ofGitHub
  )
}

/** What git says; undefined where there is no git, no repository or no answer. */
async function git(folder: string, words: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', [...words], { cwd: folder, timeout: 10_000 })
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}
