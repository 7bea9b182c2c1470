import { nextWords, OTHERS, type Completable } from './completable.ts'

/** A script that completes commands, flags and their values in fish. */
export function fishScript(commands: readonly Completable[]): string {
  const summaries = new Map(commands.map(({ name, summary }) => [name, summary]))
  const words = [...nextWords(commands, OTHERS)].flatMap(([before, next]) =>
    next.map((word) => {
      const full = before === '' ? word : `${before} ${word}`
      return line(before, `-f -a ${quoted(word)}`, summaries.get(full) ?? '')
    }),
  )
  const flags = commands.flatMap(({ name, flags: own }) =>
    own.map(({ name: flag, short, help, choices }) => {
      const value = choices === undefined ? '' : choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ' -r'
      return line(name, `-l ${flag}${short === undefined ? '' : ` -s ${short}`}${value}`, help)
    }),
  )
  return `# Completion of dayshift for fish. Put it where your shell reads it:
#   dayshift completion fish > ~/.config/fish/completions/dayshift.fish
function __dayshift_path
    set -l words (commandline -opc)
    set -e words[1]
    set -l path
    for word in $words
        string match -q -- '-*' $word; and break
        set -l longer (string join ' ' $path $word)
        contains -- $longer $__dayshift_paths; or break
        set path $path $word
    end
    string join ' ' $path
end
function __dayshift_at
    test "$(__dayshift_path)" = "$argv[1]"
end
set -g __dayshift_paths ${pathsOf(commands).map(quoted).join(' ')}
${[...words, ...flags].join('\n')}
`
}

/** What leads to a command, and the commands themselves. */
function pathsOf(commands: readonly Completable[]): string[] {
  const all = commands.flatMap(({ name }) => {
    const words = name.split(' ')
    return words.map((_, at) => words.slice(0, at + 1).join(' '))
  })
  return [...new Set(all)]
}

function line(path: string, what: string, help: string): string {
  return `complete -c dayshift -n ${quoted(`__dayshift_at ${quoted(path)}`)} ${what}${help === '' ? '' : ` -d ${quoted(help)}`}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
}
