import { defineConfig } from 'vitest/config'
import { CountsReporter } from './test/support/counts-reporter.ts'

// Tests run on sources, never on a stale build.
const conditions = ['onesum-source', 'module', 'node', 'development|production']

// what the engine could do better than is tested beside it
const relaxed = Number(process.versions.node.split('.')[0]) >= 22
const lesser = relaxed ? ['js', 'strict'] : ['js']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'best kernels',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'site/test/**/*.test.ts'],
        },
      },
      ...lesser.map((kernels) => ({
        extends: true as const,
        test: {
          name: `${kernels} kernels`,
          include: ['packages/onesum/test/{bounds,conformance,kernels,properties}/**/*.test.ts'],
          setupFiles: ['packages/onesum/test/support/kernels.ts'],
          env: { ONESUM_KERNELS: kernels },
        },
      })),
    ],
    reporters: ['default', new CountsReporter()],
    allowOnly: false,
    // A loaded machine is slow, not wrong; what hangs is ended by the limit of scripts/test.mjs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
