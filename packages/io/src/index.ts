export { InputError } from './errors.ts'
export { createWriter, formatOf, formats, openLabels, openLogits, openMask } from './formats.ts'
export { readNames } from './names.ts'
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
  MaskOptions,
  MaskReader,
  ReadOptions,
  Values,
  WriteOptions,
} from './types.ts'
