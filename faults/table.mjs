/** Rounds by command and fault, as text; `3 failed` beside those that did not hold. */
export function tableOf(commands, faults, tallies) {
  const cell = (command, fault) => {
    const tally = tallies.get(`${command.name}\0${fault.name}`)
    if (tally === undefined) return '-'
    return tally.failed === 0 ? String(tally.rounds) : `${tally.rounds}, ${tally.failed} failed`
  }
  const rows = [
    ['', ...commands.map(({ name }) => name)],
    ...faults.map((fault) => [fault.name, ...commands.map((command) => cell(command, fault))]),
  ]
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)))
  return rows
    .map((row) => row.map((text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]))).join('  '))
    .join('\n')
}
