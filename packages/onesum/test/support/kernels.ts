import { currentRuntime, limitKernels } from '../../src/kernels/wasm/engines.ts'

// A project of the test runner may ask for less than the best kernels of this engine.
const asked = process.env.ONESUM_KERNELS
if (asked === 'js' || asked === 'strict') limitKernels(asked)

/** The kernels that the tests of this project run on. */
export const kernels = currentRuntime().kernels
