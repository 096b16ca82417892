/**
 * A linear classifier as an ONNX file of 157 bytes (IR 8, opset 13): one Gemm, logits = x · w + b, float32.
 *
 *     x: [rows, 2]    w: [[2, -1, 0.5], [0, 1.5, -1]]    b: [0.1, 0, -0.1]    logits: [rows, 3]
 *
 * It stands for a model of your own: `ort.InferenceSession.create('model.onnx')`.
 */
export const model = Buffer.from(
  'CAg6lAEKFwoBeAoBdwoBYhIGbG9naXRzIgRHZW1tEgZsaW5lYXIqIwgCCAMQAUIBd0oYAAAAQAAAgL8AAAA/AAAAAAAAwD8AAIC/KhUIAxAB' +
    'QgFiSgzNzMw9AAAAAM3MzL1aFwoBeBISChAIARIMCgYSBHJvd3MKAggCYhwKBmxvZ2l0cxISChAIARIMCgYSBHJvd3MKAggDQgIQDQ==',
  'base64',
)
