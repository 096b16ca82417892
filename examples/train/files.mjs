// What the example reads and writes, by @onesum/io: any file that the command reads would do.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createWriter, openFeatures, openLabels } from '@onesum/io'
import { createFile, openFile } from '@onesum/io/node'

const open = (name) => openFile(fileURLToPath(new URL(`../data/${name}`, import.meta.url)))

/** Images as rows of an NPY file, and the digit of each in another. */
export async function readDigits() {
  const table = await readTable('pixels.features.npy')
  const reader = await openLabels(await open('pixels.labels.npy'))
  const labels = await reader.next(1e6)
  await reader.close()
  return { ...table, labels }
}

/** A CSV file with a header, one of whose columns names the class. */
export async function readWine() {
  const { names, ...table } = await readTable('wine.csv', 'cultivar')
  const classNames = [...new Set(table.labels)].sort()
  const labels = table.labels.map((name) => classNames.indexOf(name))
  return { ...table, labels, classNames, featureNames: names }
}

async function readTable(name, labelColumn) {
  const reader = await openFeatures(await open(name), { labelColumn })
  const { columns, names } = reader
  const features = []
  const labels = []
  for await (const batch of reader.batches()) {
    features.push(...batch.values)
    labels.push(...(batch.labels ?? []))
  }
  await reader.close()
  return { features: Float32Array.from(features), columns, names, labels }
}

/** Writes files into a folder: bytes as they are, text, and numbers with their shape. */
export async function writeFiles(folder, files) {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const file = await createFile(join(folder, name), { force: true })
    if (content.shape) {
      const writer = await createWriter(file, { format: 'npy', dtype: 'float32', shape: content.shape })
      await writer.write(content.data)
      await writer.finish()
    } else {
      await file.write(typeof content === 'string' ? new TextEncoder().encode(content) : content)
      await file.commit()
    }
  }
}
