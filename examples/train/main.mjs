// Trains a classifier of handwritten digits and one of wines, calibrates them, and writes what they are and what they say.
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifierToOnnx } from '@onesum/io'
import { fitClassifier, splitRows } from 'onesum/classifier'
import { evaluate } from 'onesum/metrics'
import { readDigits, readWine, writeFiles } from './files.mjs'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../onesum-results', import.meta.url))

await train('digits', await readDigits(), { l2: 10 })
await train('wine', await readWine(), { standardize: true })

const at = (name) => relative(process.cwd(), join(folder, name))
console.log(`Try next

  # how honest is it about digits that it never saw?
  npx onesum evaluate ${at('digits.probabilities.npy')} --from probabilities --labels ${at('digits.labels.csv')}

  # the same predictions by the command: the class of each row, and its probability
  npx onesum predict ${at('digits.json')} ${at('digits.features.npy')} --best

  # a network in place of a linear layer
  npx onesum train examples/data/pixels.features.npy --labels examples/data/pixels.labels.npy --hidden 32 -o ${at('network.json')} --force`)

async function train(name, { features, columns, labels, classNames, featureNames }, options) {
  // three quarters of the rows train, of which a tenth calibrates; the rest, which it never sees, judge
  const { training, heldOut } = splitRows(labels, { heldOut: 0.25, seed: 1 })
  const classifier = fitClassifier(rowsOf(features, columns, training), labelsOf(labels, training), {
    shape: [training.length, columns],
    calibrate: 'temperature',
    classNames,
    featureNames,
    ...options,
  })
  const x = rowsOf(features, columns, heldOut)
  const truth = labelsOf(labels, heldOut)
  const probabilities = classifier.predictProbabilities(x, { shape: [heldOut.length, columns] })
  const shape = [heldOut.length, classifier.classes]
  const { accuracy, nll, ece } = evaluate(probabilities, truth, { shape, from: 'probabilities' })

  console.log(`${name}: ${training.length} rows of ${columns} features, ${classifier.classes} classes`)
  console.log(`  ${classifier.iterations} iterations to the optimum, temperature ${classifier.temperature.toFixed(3)}`)
  console.log(
    `  held out, ${heldOut.length} rows: accuracy ${percent(accuracy)}, NLL ${nll.toFixed(4)}, ECE ${percent(ece)}`,
  )

  const row = x.subarray(0, columns)
  const [best] = classifier.predict(row)
  const spoke = classifier.contributions(row, best).slice(0, 3)
  const reasons = spoke.map(
    ({ name, feature, contribution }) => `${name ?? `pixel ${feature}`} (${contribution.toFixed(1)})`,
  )
  console.log(`  the first of them it takes for ${classNames?.[best] ?? best}, mostly for ${reasons.join(', ')}`)

  const files = {
    [`${name}.json`]: JSON.stringify(classifier),
    [`${name}.onnx`]: classifierToOnnx(classifier),
    [`${name}.features.npy`]: { data: x, shape: [heldOut.length, columns] },
    [`${name}.probabilities.npy`]: { data: probabilities, shape },
    [`${name}.labels.csv`]: `${truth.join('\n')}\n`,
  }
  await writeFiles(folder, files)
  console.log(`  written to ${relative(process.cwd(), folder) || '.'}: ${Object.keys(files).join(', ')}\n`)
}

function rowsOf(features, columns, rows) {
  return Float32Array.from({ length: rows.length * columns }, (_, i) => {
    return features[rows[Math.floor(i / columns)] * columns + (i % columns)]
  })
}

function labelsOf(labels, rows) {
  return Array.from(rows, (row) => labels[row])
}

function percent(part) {
  return `${(100 * part).toFixed(1)}%`
}
