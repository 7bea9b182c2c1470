import type { Io } from './io.ts'
import { TOPICS } from './topics.ts'

/** `dayshift help [command|topic]`. */
export async function help(words: readonly string[], usage: string, io: Io, signal: AbortSignal): Promise<number> {
  const [word] = words
  const text = word === undefined ? usage : TOPICS[word]
  if (text !== undefined) {
    io.stdout.write(text)
    return 0
  }
  if (word === 'completion') {
    const { completion } = await import('./completion/completion.ts')
    return completion(['--help'], io)
  }
  if (word === 'dvc') {
    const { dvc } = await import('./dvc/dvc.ts')
    return dvc([...words.slice(1), '--help'], io, signal)
  }
  const { GROUPS } = await import('./groups.ts')
  const group = GROUPS.find(({ name }) => name === word)
  if (group) {
    const { runGroup } = await import('./run-group.ts')
    return runGroup(group, [...words.slice(1), '--help'], io, signal)
  }
  const { runCommand } = await import('./run-command.ts')
  return runCommand(word as string, ['--help'], io, signal)
}
