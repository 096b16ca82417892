/** The program that measures the same files in Node. */
import type { FileNames, ReportInput } from '@onesum/report'

/** Plain quotes within, so that a name cannot end the text that holds it. */
const text = (value: unknown) => JSON.stringify(value)

export function program({ files, title, from, classNames, before: { rows, classes } }: ReportInput): string {
  const { logits, labels, labelColumn }: FileNames = files ?? { logits: title }
  const inLogits = labels === undefined
  const names = classNames ? `, ${text(classNames)}` : ''
  const given = Object.entries({ classNames, labelColumn }).filter(([, value]) => value !== undefined)
  const options = given.map(([name, value]) => `${name}: ${text(value)}`).join(', ')
  return [
    `import { ${inLogits ? 'LabelDecoder' : 'openLabels'}, openLogits } from '@onesum/io'`,
    "import { openFile } from '@onesum/io/node'",
    "import { measure } from '@onesum/report'",
    "import { decodeFloat16 } from 'onesum'",
    '',
    `const shape = [${rows}, ${classes}]`,
    `const scores = new Float64Array(${rows} * ${classes})`,
    ...(inLogits
      ? [
          `const decoder = new LabelDecoder(${text(logits)}, 'row'${names})`,
          `const labels = new Int32Array(${rows})`,
          'let row = 0',
          `const logits = await openLogits(await openFile(${text(logits)}), { labelColumn: ${text(labelColumn)} })`,
        ]
      : [`const logits = await openLogits(await openFile(${text(logits)}))`]),
    'let at = 0',
    `for await (const { values${inLogits ? ', labels: found' : ''} } of logits.batches()) {`,
    '  // float16 comes as its bits',
    '  scores.set(values instanceof Uint16Array ? decodeFloat16(values) : values, at)',
    '  at += values.length',
    ...(inLogits ? ['  for (const label of found) labels[row] = decoder.decode(label, row++)'] : []),
    '}',
    'await logits.close()',
    ...(inLogits
      ? []
      : [
          `const file = await openLabels(await openFile(${text(labels)})${options && `, { ${options} }`})`,
          `const labels = await file.next(${rows})`,
          'await file.close()',
        ]),
    '',
    `const options = { shape, title: 'my model'${from ? `, from: '${from}'` : ''} }`,
    'const { before, after, calibration } = await measure(scores, labels, options)',
    'console.log(calibration.temperature)',
    'console.log([before.accuracy, before.nll, before.ece], [after.accuracy, after.nll, after.ece])',
    '',
  ].join('\n')
}
