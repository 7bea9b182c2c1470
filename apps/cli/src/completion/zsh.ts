import { nextWords, OTHERS, type Completable } from './completable.ts'

/** A script that completes commands, flags and their values in zsh. */
export function zshScript(commands: readonly Completable[]): string {
  const summaries = new Map(commands.map(({ name, summary }) => [name, summary]))
  const words = [...nextWords(commands, OTHERS)].map(([before, next]) => {
    const told = next.map((word) => {
      const summary = summaries.get(before === '' ? word : `${before} ${word}`)
      return quoted(summary === undefined ? word : `${word.replaceAll(':', String.raw`\:`)}:${summary}`)
    })
    return `    ${quoted(before)}) next=(${told.join(' ')}) ;;`
  })
  const flags = commands.map(({ name, flags: own }) => `    ${quoted(name)}) specs=(${own.map(specOf).join(' ')}) ;;`)
  return `#compdef dayshift
# Completion of dayshift for zsh. Put it where your shell reads it, in a folder of $fpath:
#   dayshift completion zsh > ~/.zfunc/_dayshift
_dayshift() {
  local -a next specs
  local path_words='' word at=2
  while (( at < CURRENT )); do
    word=$words[at]
    [[ $word == -* ]] && break
    next=()
    case "$path_words" in
${words.join('\n')}
    esac
    (( \${next[(I)$word(|:*)]} )) || break
    path_words="\${path_words:+$path_words }$word"
    (( at++ ))
  done
  next=()
  case "$path_words" in
${words.join('\n')}
  esac
  case "$path_words" in
${flags.join('\n')}
  esac
  if (( at == CURRENT && \${#next} > 0 )) && [[ $words[CURRENT] != -* ]]; then
    _describe -t commands command next
    return
  fi
  (( \${#specs} )) || return
  # What follows the command is told apart by itself.
  words=("\${(@)words[at-1,-1]}")
  (( CURRENT -= at - 2 ))
  _arguments -s -S $specs '*:file:_files'
}
if [[ $funcstack[1] == _dayshift ]]; then _dayshift "$@"; else compdef _dayshift dayshift; fi
`
}

function specOf({ name, short, help, choices }: Completable['flags'][number]): string {
  const told = help.replaceAll(/[\\[\]]/g, String.raw`\$&`)
  const value = choices === undefined ? '' : choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value:_files'
  const long = `*--${name}${choices === undefined ? '' : '='}[${told}]${value}`
  return short === undefined ? quoted(long) : `${quoted(long)} ${quoted(`*-${short}[${told}]${value}`)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
