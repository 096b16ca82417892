import { describe, expect, test } from 'vitest'
import { Shell } from './shell.ts'

/** A call that must fail, in a folder with these files. */
export interface Refusal {
  what: string
  files: Record<string, string | Uint8Array>
  argv: string[]
  stderr: string | RegExp
}

/** Each ends with its exit code and its words, and leaves the folder as it was. */
export function describeRefusals(wrongInput: readonly Refusal[], wrongCall: readonly Refusal[]): void {
  describe.each([
    ['the input is wrong', 1, wrongInput],
    ['the call is wrong', 2, wrongCall],
  ] as const)('%s: exit code %i and nothing written', (_, code, cases) => {
    test.each(cases)('$what', async ({ files, argv, stderr }) => {
      const shell = new Shell()
      for (const [name, content] of Object.entries(files)) shell.write(name, content)
      const before = shell.names()
      const result = await shell.onesum(...argv)
      if (typeof stderr === 'string') expect(result.stderr).toBe(stderr)
      else expect(result.stderr).toMatch(stderr)
      expect([result.code, result.stdout, shell.names()]).toEqual([code, '', before])
      for (const [name, content] of Object.entries(files)) expect(shell.read(name)).toEqual(Buffer.from(content))
    })
  })
}
