// ONNX operators as their specification states them, in float64 and plainly: rows of the first axis, columns of the last.
import type { Model, Tensor } from './decode.ts'

type Operator = (inputs: Tensor[], attributes: Record<string, number>) => Tensor

/** A map of single numbers; an input of one number is broadcast. */
const each =
  (f: (x: number, y: number) => number): Operator =>
  ([a, b]) => {
    if (b !== undefined && a?.data.length === 1) return each((y, x) => f(x, y))([b, a], {})
    const { dims, data } = a as Tensor
    return {
      dims,
      data: data.map((x, i) => f(x, b === undefined ? 0 : (b.data[b.data.length === 1 ? 0 : i] as number))),
    }
  }

/** Abramowitz and Stegun 7.1.6, whose terms are all of one sign: erf x = 2/√π e^(−x²) Σ 2^n x^(2n+1) / (1·3···(2n+1)). */
function erf(x: number): number {
  // 1 − erf(6) is below 1e-16
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

const columnsOf = ({ dims }: Tensor): number => dims.at(-1) as number

const operators: Record<string, Operator> = {
  Gemm([x, w, b], { transA = 0, transB = 0, alpha = 1, beta = 1 }) {
    const [input, weights, bias] = [x as Tensor, w as Tensor, b as Tensor]
    if (transA !== 0 || transB !== 1) throw new Error('Gemm: only Bᵀ is known here')
    const [rows, columns] = input.dims as [number, number]
    const [units, depth] = weights.dims as [number, number]
    if (depth !== columns || bias.dims[0] !== units) throw new Error('Gemm: the shapes do not multiply')
    const data = new Float64Array(rows * units)
    for (let r = 0; r < rows; r++) {
      for (let u = 0; u < units; u++) {
        let sum = 0
        for (let j = 0; j < columns; j++) {
          sum += (input.data[r * columns + j] as number) * (weights.data[u * columns + j] as number)
        }
        data[r * units + u] = alpha * sum + beta * (bias.data[u] as number)
      }
    }
    return { dims: [rows, units], data }
  },
  Softmax([x], { axis = -1 }) {
    if (axis !== -1) throw new Error('Softmax: only the last axis is known here')
    const { dims, data } = x as Tensor
    const columns = columnsOf(x as Tensor)
    const result = Float64Array.from(data)
    for (let from = 0; from < data.length; from += columns) {
      const row = result.subarray(from, from + columns)
      const most = Math.max(...row)
      const total = row.reduce((sum, z) => sum + Math.exp(z - most), 0)
      for (let i = 0; i < columns; i++) row[i] = Math.exp((row[i] as number) - most) / total
    }
    return { dims, data: result }
  },
  ArgMax([x], { axis = 0, keepdims = 1, select_last_index = 0 }) {
    if (axis !== -1 || keepdims !== 0 || select_last_index !== 0) throw new Error('ArgMax: another kind')
    const columns = columnsOf(x as Tensor)
    const { data } = x as Tensor
    const rows = Array.from({ length: data.length / columns }, (_, r) => [
      ...data.subarray(r * columns, (r + 1) * columns),
    ])
    return { dims: [rows.length], data: Float64Array.from(rows, (row) => row.indexOf(Math.max(...row))) }
  },
  Add: each((x, y) => x + y),
  Sub: each((x, y) => x - y),
  Mul: each((x, y) => x * y),
  Div: each((x, y) => x / y),
  Max: each(Math.max),
  Min: each(Math.min),
  Abs: each(Math.abs),
  Neg: each((x) => -x),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Erf: each(erf),
  // TensorProto.DataType: 1 is float32, 11 float64, which all is here
  Cast: ([x], { to }) => each(to === 1 ? Math.fround : (z) => z)([x as Tensor], {}),
  Relu: each((x) => Math.max(x, 0)),
  Tanh: each(Math.tanh),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
}

/** Runs the nodes in their order, which must be one in which every input is there. */
export function evaluate(model: Model, inputs: Record<string, Tensor>): Map<string, Tensor> {
  const values = new Map<string, Tensor>([...model.constants, ...Object.entries(inputs)])
  for (const { type, inputs: names, outputs, attributes } of model.nodes) {
    const operator = operators[type]
    if (!operator) throw new Error(`the operator ${type} is unknown here`)
    const found = names.map((name) => {
      const tensor = values.get(name)
      if (!tensor) throw new Error(`${type}: there is no ${name} yet`)
      return tensor
    })
    values.set(outputs[0] as string, operator(found, attributes))
  }
  return values
}
