export { InputError } from './errors.ts'
export { createWriter, formatOf, formats, openFeatures, openLabels, openLogits, openMask } from './formats.ts'
export { LabelDecoder } from './labels.ts'
export { readNames } from './names.ts'
export { classifierToOnnx, type OnnxOptions } from './onnx/classifier.ts'
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
