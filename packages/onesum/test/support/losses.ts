import { type TensorJson, tensor } from './cases.ts'

/** A case of the ONNX loss files; the class axis is always 1. */
export type OnnxLossCase = {
  name: string
  attrs: { reduction?: 'mean' | 'sum' | 'none'; ignore_index?: number }
  inputs: TensorJson[]
  outputs: TensorJson[]
  rtol: number
  atol: number
}

/** The options that say what an ONNX loss says with its attributes and third input. */
export function onnxLossOptions(c: OnnxLossCase) {
  return {
    shape: c.inputs[0].shape,
    axis: 1,
    reduction: c.attrs.reduction ?? 'mean',
    ...(c.attrs.ignore_index === undefined ? {} : { ignoreIndex: c.attrs.ignore_index }),
    ...(c.inputs[2] ? { weight: tensor(c.inputs[2]).array as Float32Array } : {}),
  }
}

/** A loss as a list: one number for 'mean' and 'sum', one for each row for 'none'. */
export function asList(loss: number | ArrayLike<number>): ArrayLike<number> {
  return typeof loss === 'number' ? [loss] : loss
}
