import { expect, test } from 'vitest'
import { digestAuthorization, digestChallenge, type DigestChallenge } from '../../src/remotes/digest.ts'

/** RFC 7616, 3.9.1. */
const ASKER = {
  user: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
}
const PARAMETERS = `realm="http-auth@example.org", qop="auth, auth-int", algorithm=ALGORITHM,
  nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`

function challenge(header: string): DigestChallenge {
  const found = digestChallenge(header)
  if (!found) throw new Error('there is no challenge')
  return found
}

test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('the answer with %s is that of RFC 7616', (algorithm, response) => {
  const header = digestAuthorization(challenge(`Digest ${PARAMETERS.replace('ALGORITHM', algorithm)}`), ASKER)
  expect(header).toContain(`response="${response}"`)
  expect(header).toContain('username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html"')
  expect(header).toContain(`algorithm=${algorithm}`)
  expect(header).toContain('nc=00000001')
  expect(header).toContain('qop=auth,')
  expect(header).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"')
})

test('one of before qop is answered as RFC 2069 says', () => {
  // The corrected example of RFC 2069: errata 749.
  const header = digestAuthorization(
    challenge('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'),
    { ...ASKER, password: 'CircleOfLife' },
  )
  expect(header).toContain('response="1949323746fe6a43ef61f9606e7febea"')
  expect(header).not.toContain('cnonce')
})

test('the strongest is taken, whatever others are offered', () => {
  const offers =
    'Negotiate, Digest realm="a, b", nonce="1", qop="auth", algorithm=MD5, Basic realm="x", digest realm="a \\"b\\"", nonce="2", algorithm=SHA-256'
  expect(digestChallenge(offers)).toEqual({ realm: 'a "b"', nonce: '2', algorithm: 'SHA-256', isCounted: false })
})

test.each([
  ['nothing', undefined],
  ['another scheme', 'Basic realm="x"'],
  ['an unknown hash', 'Digest realm="x", nonce="1", algorithm=SHA-512-256'],
  ['integrity alone', 'Digest realm="x", nonce="1", qop="auth-int"'],
])('%s is no challenge', (_, header) => {
  expect(digestChallenge(header)).toBeUndefined()
})
