/** Reports as large as they come, and with names as bad as they come. */
import type { ReportInput } from '../../src/index.ts'
import { measure } from './measure.ts'
import { softmax, source } from './source.ts'

/** Names that a page must show as text. */
export const hostileNames = [
  '<script>alert(1)</script>',
  `"double" & 'single' quotes`,
  '\u05e9\u05dc\u05d5\u05dd \u202edrow a dna',
  '👩‍👩‍👧‍👦 family',
  '</style></title><img src=x onerror=alert(2)>',
  '&lt;b&gt;',
  '',
  'javascript:alert(3)',
  'a name that is so long that no column of any table has room for it, not even half of it',
  '\ud800 and \0',
]

/** A thousand classes, each with rows, bins, confusions and a long name; temperature 2 as given. */
export function largeInput(): ReportInput {
  const { logits, labels } = source({ rows: 600, classes: 1000, scale: 2, spread: 3 })
  const states = [1, 2].map((temperature) =>
    measure(
      logits.map((row) => softmax(row, temperature)),
      labels,
    ),
  )
  return {
    title: 'imagenet.npy',
    classNames: Array.from({ length: 1000 }, (_, i) => `${hostileNames[i % hostileNames.length]} ${i}`),
    before: states[0],
    after: states[1],
    calibration: {
      temperature: 2,
      foldTemperatures: [2, 2],
      seed: 1,
      curve: states.map(({ nll }, i) => ({ temperature: i + 1, nll })),
    },
    sets: { sizes: [0, 700, 500, 300], target: 0.9, coverage: 0.91 },
  }
}
