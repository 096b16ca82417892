import { defineConfig } from 'vitest/config'
import { CountsReporter } from './test/support/counts-reporter.ts'

// Tests run on sources, never on a stale build.
const conditions = ['onesum-source', 'module', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', new CountsReporter()],
    allowOnly: false,
    // A loaded machine is slow, not wrong; what hangs is ended by the limit of scripts/test.mjs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
