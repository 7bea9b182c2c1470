import { nextWords, OTHERS, type Completable } from './completable.ts'

/** A script that completes commands, flags and their values in bash 4 and later. */
export function bashScript(commands: readonly Completable[]): string {
  const next = [...nextWords(commands, OTHERS)].map(
    ([before, words]) => `    ${quoted(before)}) words=${quoted(words.join(' '))} ;;`,
  )
  const flags = commands.map(({ name, flags: own }) => {
    const all = own.flatMap((flag) => [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])])
    return `    ${quoted(name)}) flags=${quoted(all.join(' '))} ;;`
  })
  const values = commands.flatMap(({ name, flags: own }) =>
    own.flatMap(({ name: flag, choices }) =>
      choices === undefined
        ? []
        : [`    ${quoted(`${name} --${flag}`)}) values=${quoted(choices.join(' '))}; takes=1 ;;`],
    ),
  )
  return `# Completion of dayshift for bash. Put it where your shell reads it:
#   dayshift completion bash > ~/.local/share/bash-completion/completions/dayshift
_dayshift() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' word words='' flags='' values='' takes=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && break
    words=''
    case "$path" in
${next.join('\n')}
    esac
    [[ " $words " == *" $word "* ]] || break
    path="\${path:+$path }$word"
  done
  words=''
  case "$path" in
${next.join('\n')}
  esac
  case "$path" in
${flags.join('\n')}
  esac
  # --flag=value comes as three words.
  if [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $current == '=' ]]; then current=''; fi
  if [[ $before == --* ]]; then
    case "$path $before" in
${values.join('\n')}
    esac
  fi
  if [[ -n $takes ]]; then
    if [[ -n $values ]]; then mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    else compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi
  elif [[ $current == -* ]]; then mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
  elif [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi
}
complete -F _dayshift dayshift
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
