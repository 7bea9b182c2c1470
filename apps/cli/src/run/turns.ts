/** Lets one piece of work at a time through, in the order of asking. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work)
    // What failed keeps nobody from the next turn.
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
