export { InputError } from './errors.ts'
export { createWriter, formatOf, formats, openLabels, openLogits } from './formats.ts'
export { bytesSink, type Sink } from './sink.ts'
export { blobSource, bytesSource, type Source } from './source.ts'
export type {
  Batch,
  Chunk,
  Dtype,
  Format,
  LabelOptions,
  LabelsReader,
  LogitsReader,
  LogitsWriter,
  ReadOptions,
  Values,
  WriteOptions,
} from './types.ts'
