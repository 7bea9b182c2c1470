import { expect, test } from 'vitest'
import { readPipeline } from '../../src/formats/pipeline.ts'

/** Names and outputs of all stages, with files beside the `dvc.yaml`. */
async function stagesOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<Record<string, string[]>> {
  const stages = await readPipeline(text, 'p/dvc.yaml', async (path) => files[path])
  return Object.fromEntries(stages.map(({ name, wdir, outs }) => [`${name} ${wdir}`, outs.map(({ path }) => path)]))
}

test('outputs, metrics and plots, with flags', async () => {
  const text =
    'stages:\n  a:\n    cmd: x\n    frozen: true\n    outs:\n    - ./b/\n    - c: {cache: false, persist: true, push: false, remote: r}\n    metrics: [m]\n    plots:\n    - d: {x: y}\n'
  expect(await readPipeline(text, 'dvc.yaml', async () => undefined)).toEqual([
    {
      name: 'a',
      wdir: '.',
      frozen: true,
      outs: [
        { path: 'b', cache: true, persist: false, push: true },
        { path: 'c', cache: false, persist: true, push: false, remote: 'r' },
        { path: 'm', cache: true, persist: false, push: true },
        { path: 'd', cache: true, persist: false, push: true },
      ],
      deps: [],
    },
  ])
})

test('templates take values from params.yaml, other files and the stage’s own', async () => {
  const text =
    'vars:\n- more.json:lr\n- own: {deep: [zero, one]}\nstages:\n  a:\n    cmd: ${nowhere}\n    wdir: ${dir}\n    vars:\n    - local: mine\n    outs:\n    - ${dir}-${lr}.pkl\n    - ${own.deep[1]}\n    - \\${kept} ${own.deep[-2]}\n    - ${local}-${flag}-${none}-${whole}-${float}\n'
  const files = {
    'p/params.yaml': 'dir: work\nflag: yes\nnone: null\nwhole: 0x10\nfloat: 1e-5\n',
    'p/more.json': '{"lr": 1.0, "other": {}}',
  }
  expect(await stagesOf(text, files)).toEqual({
    'a p/work': ['work-1.0.pkl', 'one', '${kept} zero', 'mine-yes-None-16-1e-05'],
  })
})

test('foreach and matrix make stages of their own', async () => {
  const text =
    'vars:\n- m: {x: {n: 1}, y: {n: 2}}\n- l: [{n: 5}, {n: 6}]\nstages:\n  list:\n    foreach: [a, 1.5, true]\n    do: {cmd: x, outs: ["l${item}"]}\n  map:\n    foreach: ${m}\n    do: {cmd: x, outs: ["${key}${item.n}"]}\n  deep:\n    foreach: ${l}\n    do: {cmd: x, outs: ["d${item.n}"]}\n  grid:\n    matrix: {p: [a, b], q: [{z: 1}]}\n    cmd: x\n    outs: ["${key}.${item.p}${item.q.z}"]\n'
  expect(await stagesOf(text)).toEqual({
    'list@a p': ['la'],
    'list@1.5 p': ['l1.5'],
    'list@true p': ['ltrue'],
    'map@x p': ['x1'],
    'map@y p': ['y2'],
    'deep@0 p': ['d5'],
    'deep@1 p': ['d6'],
    'grid@a-q0 p': ['a-q0.a1'],
    'grid@b-q0 p': ['b-q0.b1'],
  })
})

test('anchors and merged keys are YAML’s own', async () => {
  const text = 'stages:\n  a: &a\n    cmd: x\n    outs: [b]\n  c:\n    <<: *a\n    wdir: d\n'
  expect(await stagesOf(text)).toEqual({ 'a p': ['b'], 'c p/d': ['b'] })
})

test.each([
  ['stages: [', 'p/dvc.yaml'],
  ['a', 'it is not a mapping'],
  ['stages: {a: 1}', 'stage a is not a mapping'],
  ['stages: {a: {outs: b}}', 'outs of its stage a are not a list'],
  ['stages: {a: {outs: ["${x}"]}}', '${x} names nothing'],
  ['stages: {a: {outs: ["${x..y}"]}}', 'cannot be understood'],
  ['vars: [{x: {y: 1}}]\nstages: {a: {outs: ["b${x}"]}}', '${x} is no text'],
  ['vars: [{x: 1}, {x: 2}]', 'define x twice'],
  ['vars: [no.yaml]', 'no.yaml, which does not exist'],
  ['vars: ["f.yaml:q"]', 'q of p/f.yaml'],
  ['vars: ["f.yaml:a", "f.yaml"]', 'loads f.yaml twice'],
  ['stages: {a: {foreach: b, do: {outs: []}}}', 'neither a list nor a mapping'],
  ['stages: {a: {foreach: [b]}}', 'has no do'],
  ['stages: {a: {matrix: {b: c}}}', 'no list for b'],
])('refuses %j', async (text, problem) => {
  await expect(stagesOf(text, { 'p/f.yaml': 'a: 1' })).rejects.toMatchObject({
    code: 'DS_DVC_FILE_MALFORMED',
    message: expect.stringContaining(problem) as string,
  })
})

test('vars from Python are refused: nothing of a repository is run', async () => {
  await expect(stagesOf('vars: [f.py]', { 'p/f.py': 'x = 1' })).rejects.toMatchObject({
    code: 'DS_DVC_FILE_UNSUPPORTED',
  })
})
