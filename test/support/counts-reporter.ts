import { writeFileSync, writeSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type Counts, closingLine, countsVariable } from '../../scripts/counts.mjs'

/** What there is to count in a finished run; the runner's own objects satisfy it. */
export interface FinishedRun {
  tests: readonly { state: 'passed' | 'failed' | 'skipped' | 'pending' }[]
  /** Errors outside any test: modules that failed to import, hooks of suites, unhandled rejections. */
  strayErrors: number
}

/** Stray errors count as failures, and so does a test that never ended, or a run without any test. */
export function count({ tests, strayErrors }: FinishedRun): Counts {
  const of = (state: string) => tests.filter((test) => test.state === state).length
  const counts = { passed: of('passed'), failed: of('failed') + of('pending') + strayErrors, skipped: of('skipped') }
  return counts.passed + counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

/**
 * Prints the names of skipped tests and, when the process ends and so after anything else, the counts without
 * colours. The command `npm test` names a file for them instead and prints them itself.
 */
export class CountsReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 1, skipped: 0 }

  onInit(): void {
    process.once('exit', (code) => {
      if (code === 0 && this.#counts.failed > 0) process.exitCode = 1
      const file = process.env[countsVariable]
      if (file) writeFileSync(file, JSON.stringify(this.#counts))
      else writeSync(1, `${closingLine(this.#counts)}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
    const strayErrors = unhandled.length + suites.filter((suite) => suite.errors().length > 0).length
    this.#counts = count({ tests: tests.map((test) => test.result()), strayErrors })
    listSkipped(tests.filter((test) => test.result().state === 'skipped'))
  }
}

function listSkipped(tests: readonly TestCase[]): void {
  if (tests.length === 0) return
  const lines = tests.map((test) => {
    const result = test.result()
    const note = result.state === 'skipped' && result.note ? ` (${result.note})` : ''
    return `  ${test.module.relativeModuleId} > ${test.fullName}${note}`
  })
  console.log(['Skipped:', ...lines, ''].join('\n'))
}
