import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the Transformers.js example ranks classes, without a model', () => {
  const program = fileURLToPath(new URL('../examples/transformers/classify.test.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', program], { encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/^# pass 2$/m)
})
