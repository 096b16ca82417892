/** The modules: each holds what one family of functions needs, and nothing else. */
import { adam } from './adam.ts'
import { affine, widenRows } from './affine.ts'
import { assemble, exported, type Func, place } from './assembler.ts'
import {
  logSoftmaxBackward,
  logSoftmaxBackwardSum,
  logSoftmaxBackwardWrite,
  softmaxBackward,
  softmaxBackwardSum,
  softmaxBackwardWrite,
} from './backward.ts'
import { gatherGroups } from './batches.ts'
import { candidates } from './candidates.ts'
import { clear } from './clear.ts'
import { commit } from './commit.ts'
import { logSoftmaxBackward64, softmaxBackward64 } from './double-backward.ts'
import { scale, softmax64, subtract, sums } from './double-rows.ts'
import { dot64, exponentials64, maximum64 } from './doubles.ts'
import { floatsToHalves, halvesToFloats } from './float16.ts'
import { crossEntropy, crossEntropyWithGrad, gradientScale } from './gradients.ts'
import { collect, evaluate, multiply, TILE, triangle, weigh } from './layer.ts'
import { logSoftmax, logSoftmaxWrite, logSumExp } from './log-family.ts'
import { log1p } from './logarithm.ts'
import { log1pLanes } from './logarithm-lanes.ts'
import { moments } from './moments.ts'
import { packGroups, packRows, packTiles, packTilesAcross, tally, unpackGroups } from './packing.ts'
import { panelSoftmax } from './panel-softmax.ts'
import { accumulate, forward } from './panels.ts'
import { exponentials, maximum, ties } from './passes.ts'
import { fuses } from './probe.ts'
import { rectify, rectifyBackward } from './rectifiers.ts'
import { rowProducts } from './row-products.ts'
import { softmaxBackwardShort } from './short-backward.ts'
import { crossEntropyWithGradShort } from './short-gradients.ts'
import { logShort, logSoftmaxShort, logSumExpShort } from './short-log.ts'
import { softmaxShort } from './short-softmax.ts'
import { softmax, softmaxScale } from './softmax.ts'
import { softmaxStrided } from './strided.ts'
import { stridedExponentials, stridedMaximum, stridedScale } from './strided-passes.ts'
import { substitute } from './substitute.ts'
import { gather, scatter, transpose } from './transpose.ts'
import { combine, dot } from './vectors.ts'

/** A module by name, for engines that fuse (`relaxed`) and those that do not. */
export type Family = (fma: boolean) => Uint8Array

/** Builds a module from functions that may call those before them. */
function build(...makers: ((placed: Func[]) => Func)[]): Uint8Array {
  const placed: Func[] = []
  for (const make of makers) placed.push(place(placed.length, make(placed)))
  return assemble(placed)
}

/** Widths of tiles of classes. */
const TILES = Array.from({ length: TILE }, (_, i) => i + 1)

export const families: Record<string, Family> = {
  commit: () => build(() => commit()),
  probe: (fma) => build(() => fuses(fma)),
  softmax: (fma) =>
    build(
      () => maximum(),
      () => exponentials(fma, { store: true, log: false }),
      ([max, exps]) => softmax(fma, max, exps),
      ([, , ordinary]) => softmaxShort(fma, ordinary),
    ),
  log: (fma) =>
    build(
      () => maximum(),
      () => exponentials(fma, { store: false, log: true }),
      () => log1p(),
      ([max, others, log]) => logSumExp(max, others, log),
      ([max, others, log]) => logSoftmax(max, others, log),
      ([max, others, log]) => crossEntropy(max, others, log),
      () => log1pLanes(),
      ([, , , reduce, map, , logs]) => logShort(fma, reduce, map, logs),
      (placed) => logSoftmaxShort(placed[7]),
      (placed) => logSumExpShort(placed[7]),
    ),
  gradients: (fma) =>
    build(
      () => maximum(),
      () => exponentials(fma, { store: true, log: true }),
      () => log1p(),
      ([max, others, log]) => crossEntropyWithGrad(fma, max, others, log),
      () => log1pLanes(),
      ([, , , ordinary, logs]) => crossEntropyWithGradShort(fma, ordinary, logs),
    ),
  moments: (fma) =>
    build(
      () => maximum(),
      ([max]) => moments(fma, max),
    ),
  strided: (fma) =>
    build(
      () => stridedMaximum(),
      () => stridedExponentials(fma),
      () => stridedScale(fma),
      ([max, exps, scale]) => softmaxStrided(max, exps, scale),
    ),
  transpose: () =>
    build(
      () => transpose(),
      ([transposed]) => gather(transposed),
      ([transposed]) => scatter(transposed),
    ),
  candidates: () =>
    build(
      () => maximum(),
      ([max]) => candidates(max),
      () => clear(),
    ),
  // one module for all engines
  doubles: () =>
    build(
      () => maximum64(),
      () => exponentials64(),
      () => dot64(),
      () => scale(),
      ([max, exps, , scaled]) => softmax64(max, exps, scaled),
      ([max, exps]) => sums(max, exps),
      ([, , , scaled]) => subtract(scaled),
      ([, , dot]) => softmaxBackward64(dot),
      ([max, exps, dot]) => logSoftmaxBackward64(max, exps, dot),
    ),
  float16: () =>
    build(
      () => halvesToFloats(),
      () => floatsToHalves(),
    ),
  backward: () =>
    build(
      () => softmaxBackward(),
      ([ordinary]) => softmaxBackwardShort(ordinary),
    ),
  training: (fma) =>
    build(
      ...TILES.map((tile) => () => forward(fma, tile)),
      ...TILES.map((tile) => () => accumulate(fma, tile)),
      () => panelSoftmax(fma),
      (placed) => multiply(placed.slice(0, TILE)),
      (placed) => collect(placed.slice(TILE, 2 * TILE)),
      (placed) => evaluate(placed[2 * TILE + 1], placed[2 * TILE], placed[2 * TILE + 2]),
      () => weigh(),
      (placed) => triangle(placed[2 * TILE + 4], placed[2 * TILE + 2]),
      () => rowProducts(fma),
      () => substitute(fma),
      () => tally(),
      () => packRows(),
      () => packTiles(TILE),
      () => packTilesAcross(TILE),
      () => packGroups(),
      () => unpackGroups(),
      () => dot(),
      () => combine(),
      () => adam(),
      () => gatherGroups(),
      () => rectify(),
      () => rectifyBackward(),
    ),
  prediction: () =>
    build(
      () => widenRows(),
      () => affine(),
    ),
  'log-backward': (fma) => build(() => logSoftmaxBackward(fma)),
  // what rows that threads share by blocks need, pass by pass
  blocks: (fma) =>
    build(
      () => exported(maximum()),
      () => exported(exponentials(fma, { store: true, log: false })),
      () => exported(exponentials(fma, { store: false, log: true, part: true })),
      () => exported(exponentials(fma, { store: true, log: true, part: true })),
      () => exported(log1p()),
      () => ties(),
      () => softmaxScale(fma),
      () => logSoftmaxWrite(),
      () => gradientScale(fma),
      () => softmaxBackwardSum(),
      () => softmaxBackwardWrite(),
      () => logSoftmaxBackwardSum(fma),
      () => logSoftmaxBackwardWrite(fma),
      () => clear(),
    ),
}
