// The least that a server asks for: plain HTTP, so many objects at a time, without hash, signature or disk.
// node bench/s3-limit.mjs put|get BUCKET-URL COUNT BYTES
import { Agent, request } from 'node:http'

const [verb, bucket, count, bytes] = process.argv.slice(2)
const JOBS = 16
/** Moto wants to know who asks, and believes everybody. */
const SOMEBODY = 'AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0'
/** Large content goes in a single request, and piece by piece. */
const PIECE = Buffer.alloc(Math.min(Number(bytes), 1 << 20), 'dayshift')
const agent = new Agent({ keepAlive: true, maxSockets: JOBS })
let next = 0

await Promise.all(
  Array.from({ length: JOBS }, async () => {
    while (next < Number(count)) await ask(`${bucket}/limit/${next++}`)
  }),
)
agent.destroy()
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS * 1024 }))

function ask(url) {
  return new Promise((resolve, reject) => {
    const isPut = verb === 'put'
    const headers = { Authorization: SOMEBODY, ...(isPut ? { 'Content-Length': bytes } : {}) }
    const asked = request(url, { method: isPut ? 'PUT' : 'GET', agent, headers })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url}: ${answer.statusCode}`))
      answer.on('error', reject).on('end', resolve).resume()
    })
    send(asked, isPut ? Number(bytes) : 0)
  })
}

function send(asked, left) {
  for (let more = left; more > 0;) {
    const piece = PIECE.subarray(0, Math.min(more, PIECE.length))
    more -= piece.length
    if (asked.write(piece) || more === 0) continue
    asked.once('drain', () => send(asked, more))
    return
  }
  asked.end()
}
