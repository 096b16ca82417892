/** What goes in and what comes back, for the compiler. */

/** Float16Array where the engine and the compiler's library have it. */
export type Half = typeof globalThis extends { Float16Array: { prototype: infer T } } ? T : never

/** The precision of numbers in an array. */
export type Dtype = 'float16' | 'float32' | 'float64'

/** Arrays of logits: `number[]` is float64, a Uint16Array holds float16 bits and needs `dtype`. */
export type LogitsArray = readonly number[] | Float32Array | Float64Array | Half | Uint16Array

/** A tensor of ONNX Runtime or Transformers.js. */
export interface DimsTensor {
  readonly data: unknown
  readonly dims: readonly number[]
  readonly type?: string
}

/** A plain tensor that calls its dimensions `shape`. */
export interface ShapeTensor {
  readonly data: unknown
  readonly shape: readonly number[]
}

/** A tensor of TensorFlow.js, read with `dataSync()`. */
export interface SyncTensor {
  dataSync(): unknown
  readonly shape: readonly number[]
}

/** Everything that holds logits, probabilities or gradients. */
export type Logits = LogitsArray | DimsTensor | ShapeTensor | SyncTensor

/** Everything that says which entries to keep: 1 or true keeps, 0 or false leaves out. */
export type Mask = readonly (boolean | number)[] | IntegerArray | DimsTensor | ShapeTensor | SyncTensor

/** Typed arrays of whole numbers. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

/** Class indices, one per row. */
export type Labels =
  | readonly number[]
  | IntegerArray
  | Float32Array
  | Float64Array
  | DimsTensor
  | ShapeTensor
  | SyncTensor

/** The array that numbers of kind A come back in, when `dtype` is D. */
export type ArrayResult<A, D = undefined> = [D] extends ['float32']
  ? Float32Array<ArrayBuffer>
  : [D] extends ['float64']
    ? Float64Array<ArrayBuffer>
    : A extends readonly number[]
      ? [D] extends ['float16']
        ? Uint16Array<ArrayBuffer>
        : number[]
      : A extends Float32Array
        ? [D] extends ['float16']
          ? Uint16Array<ArrayBuffer>
          : Float32Array<ArrayBuffer>
        : A extends Float64Array
          ? [D] extends ['float16']
            ? Uint16Array<ArrayBuffer>
            : Float64Array<ArrayBuffer>
          : A extends Half
            ? A
            : A extends Uint16Array
              ? Uint16Array<ArrayBuffer>
              : never

/** What comes back for logits of kind T: `out` (kind B) if given, else a fresh array; a tensor for a tensor. */
export type Result<T, D = undefined, B = undefined> = T extends LogitsArray
  ? [B] extends [undefined]
    ? ArrayResult<T, D>
    : B
  : T extends SyncTensor
    ? { data: ArrayResult<Float32Array, D>; shape: number[] }
    : T extends { readonly data: infer A; readonly dims: readonly number[] }
      ? { data: ArrayResult<A, D>; dims: number[]; type: string }
      : T extends { readonly data: infer A; readonly shape: readonly number[] }
        ? { data: ArrayResult<A, D>; shape: number[] }
        : never

/** Class or position indices that come back for logits of kind T. */
export type IndexResult<T> = T extends LogitsArray
  ? Int32Array<ArrayBuffer>
  : T extends { readonly dims: readonly number[] }
    ? { data: Int32Array<ArrayBuffer>; dims: number[]; type: string }
    : { data: Int32Array<ArrayBuffer>; shape: number[] }

/** Options of every function over rows. */
export interface RowOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> {
  /** Dimensions of the array, row-major; by default one row. A tensor brings its own. */
  shape?: readonly number[]
  /** The axis that holds the classes; by default the last. Negative counts from the end; `[]`: each entry is a row. */
  axis?: number | readonly number[]
  /** The precision of the output; needed for a Uint16Array, which then holds float16 bits. */
  dtype?: D
  /** Where the output goes: of the kind and length that a fresh one would have (a tensor: the shape); may be exactly an input. */
  out?: B
}

/** Options of a mapping from rows to rows that runs in JavaScript alone. */
export interface TemperedOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends RowOptions<D, B> {
  /** Which entries to keep, broadcast as in NumPy; the others influence nothing and come out as 0. */
  mask?: Mask
  /** Divides the logits, from 0 (all mass on the maximum) to Infinity (uniform); by default 1. */
  temperature?: number
}

/** Options of a mapping from rows to rows. */
export interface MapOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends TemperedOptions<D, B> {
  /** The same bits on every engine and machine, at the cost of some speed; by default false. */
  reproducible?: boolean
}

/** Options of a reduction from rows to one number each. */
export interface ReduceOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> extends RowOptions<D, B> {
  /** Which entries to keep, broadcast as in NumPy. */
  mask?: Mask
  /** Keeps a reduced axis with length 1 in the shape of a tensor, as in NumPy. */
  keepDims?: boolean
  /** The same bits on every engine and machine; only for log-sum-exp. */
  reproducible?: boolean
}
