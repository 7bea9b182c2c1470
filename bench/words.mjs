// How the benchmarks write numbers, read those that they are given, and end where they cannot go on.
import { statfsSync } from 'node:fs'

/** @param {number} bytes */
export function megabytes(bytes) {
  return thousands(Math.round(bytes / 1e6))
}

/** @param {number} number */
export function thousands(number) {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}

/**
 * @param {string} text
 * @param {string} flag where it was given
 */
export function wholeNumber(text, flag) {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : stop(`${flag} takes a whole number, not ${text}`)
}

/** @param {string | undefined} text */
export function lastLine(text) {
  return (text ?? '').trimEnd().split('\n').at(-1)
}

/**
 * @param {string} message
 * @returns {never}
 */
export function stop(message) {
  console.error(message)
  process.exit(1)
}

/**
 * Ends where a folder's disk has less room than a measurement takes.
 *
 * @param {string} folder
 * @param {number} bytes
 */
export function needRoom(folder, bytes) {
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < bytes) stop(`${folder} has not the ${megabytes(bytes)} MB free that this takes: see --folder`)
}
