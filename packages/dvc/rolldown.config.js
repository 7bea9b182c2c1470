// One file to load instead of a hundred: that is most of what a command takes to start. The threads' programs lie beside it.
import { defineConfig } from 'rolldown'

export default defineConfig({
  input: {
    index: 'dist/index.js',
    // What others import must share the classes of the rest.
    'remotes/s3': 'dist/remotes/s3.js',
    'intake-worker': 'dist/cache/intake-worker.js',
    'lookout-worker': 'dist/workspace/lookout-worker.js',
  },
  platform: 'node',
  external: /^[^./]/,
  output: { dir: 'dist/whole', format: 'esm', chunkFileNames: 'shared-[name].js', cleanDir: true, sourcemap: true },
})
