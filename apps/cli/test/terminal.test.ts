import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTerminal, type Terminal } from '../src/terminal.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function made(live: boolean): { terminal: Terminal; written: string[] } {
  const written: string[] = []
  const terminal = createTerminal({ color: false, quiet: false, live, write: (text) => written.push(text) })
  return { terminal, written }
}

test('on a terminal, progress is one line, redrawn and erased; each part of the work has its own time left', () => {
  const { terminal, written } = made(true)
  const lines: [ms: number, fraction: number | undefined][] = [
    [0, 0],
    [500, 0.25],
    [1500, 0.5],
    [500, 0.1],
    [1200, 0.4],
    [500, undefined],
  ]
  for (const [ms, fraction] of lines) {
    vi.advanceTimersByTime(ms)
    terminal.progress('prototype', fraction)
  }
  terminal.idle()
  terminal.idle()
  expect(written.map((text) => stripVTControlCharacters(text).trim())).toEqual([
    'prototype 25%',
    'prototype 50%, 2 s left',
    'prototype 10%',
    'prototype 40%, 2 s left',
    'prototype … 4 s',
    '',
  ])
  expect(written.every((text) => text.startsWith('\r\u001B[2K'))).toBe(true)
})

test('elsewhere, it is a plain line now and then', () => {
  const { terminal, written } = made(false)
  for (let at = 0; at < 250; at++) {
    terminal.progress('prototype', at / 250)
    vi.advanceTimersByTime(100)
  }
  terminal.idle()
  expect(written).toEqual(['prototype 40%, 15 s left\n', 'prototype 80%, 5 s left\n'])
})

test('quick work shows none', () => {
  const { terminal, written } = made(true)
  terminal.progress('prototype', 0.5)
  vi.advanceTimersByTime(300)
  terminal.progress('prototype', 0.9)
  terminal.idle()
  expect(written).toEqual([])
})
