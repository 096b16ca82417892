import { classifierToOnnx, InputError, type Sink } from '@onesum/io'
import { classifierFromJSON, type SoftmaxClassifier } from 'onesum/classifier'
import { UsageError } from './errors.ts'
import { openSink, openSource, standardStream } from './files.ts'
import type { Terminal } from './terminal.ts'

/** How a model is written; only JSON is read back. */
type ModelFormat = 'json' | 'onnx'

export function modelFormat(name: string): ModelFormat {
  if (name === standardStream) throw new UsageError('the model needs a file: name it with -o model.json')
  const extension = /\.(json|onnx)$/i.exec(name)?.[1]?.toLowerCase()
  if (extension === undefined) throw new InputError(`${name}: a model is written as .json or .onnx`)
  return extension as ModelFormat
}

/** Writes the model to every output; when one of them cannot be written, none appears. */
export async function writeModel(
  terminal: Terminal,
  classifier: SoftmaxClassifier,
  outputs: readonly string[],
  force: boolean,
): Promise<void> {
  const sinks: Sink[] = []
  try {
    for (const output of outputs) {
      const sink = await openSink(terminal, output, force)
      sinks.push(sink)
      await sink.write(modelFormat(output) === 'onnx' ? classifierToOnnx(classifier) : jsonBytes(classifier))
    }
    for (const sink of sinks) await sink.commit()
  } catch (error) {
    for (const sink of sinks) await sink.abort()
    throw error
  }
}

function jsonBytes(classifier: SoftmaxClassifier): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(classifier)}\n`)
}

/** The classifier of a file that `train` wrote. */
export async function readModel(terminal: Terminal, name: string): Promise<SoftmaxClassifier> {
  if (/\.onnx$/i.test(name)) {
    throw new InputError(`${name}: an ONNX model is for other programs; give the .json that onesum train writes`)
  }
  const text = await readText(terminal, name)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new InputError(`${name}: no model that onesum train wrote, or a truncated one: it is not JSON`)
  }
  try {
    return classifierFromJSON(json)
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error
    throw new InputError(
      `${name}: no model that this version reads: ${error.message.replace('classifierFromJSON: ', '')}`,
    )
  }
}

async function readText(terminal: Terminal, name: string): Promise<string> {
  const source = await openSource(terminal, name)
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const bytes of source.stream()) text += decoder.decode(bytes, { stream: true })
  } finally {
    await source.close()
  }
  return text + decoder.decode()
}
