// Classifiers leave as ONNX, and ONNX Runtime says the same: the largest difference between their probabilities.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { classifierToOnnx, openFeatures } from '@onesum/io'
import { openFile } from '@onesum/io/node'
import { classifierFromJSON } from 'onesum/classifier'
import * as ort from 'onnxruntime-node'

// what `npm run example:train` wrote: name.json, and rows to try it on in name.features.npy
const folder = process.argv[2] ?? fileURLToPath(new URL('../../onesum-results', import.meta.url))
const names = (await readdir(folder)).filter((file) => file.endsWith('.features.npy'))
if (names.length === 0) throw new Error(`${folder} holds no features: run "npm run example:train" first`)

for (const file of names) {
  const name = file.replace('.features.npy', '')
  const classifier = classifierFromJSON(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))
  const features = await readRows(join(folder, file))
  for (const compute of ['float64', 'float32']) {
    const difference = await compare(classifier, features, compute)
    console.log(`${name.padEnd(12)} computed in ${compute}: largest difference ${difference.toExponential(1)}`)
  }
}

async function compare(classifier, features, compute) {
  const session = await ort.InferenceSession.create(classifierToOnnx(classifier, { compute }))
  const shape = [features.length / classifier.features, classifier.features]
  const { probabilities, label } = await session.run({ features: new ort.Tensor('float32', features, shape) })
  const expected = classifier.predictProbabilities(Float64Array.from(features), { shape })
  const classes = classifier.predict(features, { shape })
  const other = classes.findIndex((c, row) => BigInt(c) !== label.data[row])
  if (other >= 0) throw new Error(`row ${other}: class ${label.data[other]}, and ${classes[other]} here`)
  return expected.reduce((most, p, i) => Math.max(most, Math.abs(p - probabilities.data[i])), 0)
}

async function readRows(path) {
  const reader = await openFeatures(await openFile(path))
  const rows = []
  for await (const { values } of reader.batches()) rows.push(...values)
  await reader.close()
  return Float32Array.from(rows)
}
