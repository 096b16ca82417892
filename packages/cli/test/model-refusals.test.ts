import { fitClassifier } from 'onesum/classifier'
import { f4, i4, npy } from './support/npy.ts'
import { describeRefusals, type Refusal } from './support/refusals.ts'

const x = f4([4, 2], [0, 1, 1, 0, 4, 5, 5, 4])
const l = i4([4], [0, 0, 1, 1])
const train = (...more: string[]): string[] => ['train', 'x.npy', '--labels', 'l.npy', '-o', 'm.json', ...more]

const classifier = fitClassifier([0, 1, 1, 0, 4, 5, 5, 4], ['low', 'low', 'high', 'high'], {
  shape: [4, 2],
  featureNames: ['width', 'height'],
})
const saved = JSON.parse(JSON.stringify(classifier))
const model = JSON.stringify(saved)
const predict = (file: string, ...more: string[]): string[] => ['predict', 'm.json', file, '-o', 'p.npy', ...more]

const wrongFeatures: Refusal[] = [
  {
    what: 'train: NaN in NPY',
    files: { 'x.npy': f4([4, 2], [0, 1, 1, Number.NaN, 4, 5, 5, 4]), 'l.npy': l },
    argv: train(),
    stderr:
      'onesum train: x.npy: row 1, column 1: expected a finite number, got NaN; leave such rows out or fill them in\n',
  },
  {
    what: 'train: infinity under a header, beside a label column',
    files: { 'x.csv': 'kind,width,height\na,0,1\nb,2,-inf\n' },
    argv: ['train', 'x.csv', '--label-column', 'kind', '-o', 'm.json'],
    stderr: /x\.csv: row 1, column 1 \("height"\): expected a finite number, got -Infinity/,
  },
  {
    what: 'train: numbers whose squares overflow',
    files: { 'x.csv': '1,1e200\n2,3\n4,5\n', 'l.csv': '0\n1\n1\n' },
    argv: ['train', 'x.csv', '--labels', 'l.csv', '-o', 'm.json', '--holdout', '0'],
    stderr: /^onesum train: x\.csv: expected numbers whose squares are finite, got larger ones in column 1\n$/,
  },
  {
    what: 'train: images as they are',
    files: { 'x.npy': npy('|u1', [4, 2, 2], new Uint8Array(16)), 'l.npy': l },
    argv: train(),
    stderr: /x\.npy: expected rows of features, rows × features, got 4 × 2 × 2; a\.reshape\(len\(a\), -1\) makes rows/,
  },
  {
    what: 'train: rows without columns',
    files: { 'x.npy': f4([4, 0], []), 'l.npy': l },
    argv: train(),
    stderr: /x\.npy: its rows have no columns/,
  },
  {
    what: 'train: text for a number',
    files: { 'x.csv': '1,2\n3,four\n', 'l.csv': '0\n1\n' },
    argv: ['train', 'x.csv', '--labels', 'l.csv', '-o', 'm.json'],
    stderr: /x\.csv: line 2, column 1: expected a number, got "four"/,
  },
  {
    what: 'train: two columns of one name',
    files: { 'x.csv': 'a,a\n1,2\n3,4\n', 'l.csv': '0\n1\n' },
    argv: ['train', 'x.csv', '--labels', 'l.csv', '-o', 'm.json'],
    stderr: /x\.csv: two columns are named "a"; rename one of them/,
  },
  {
    what: 'predict: NaN',
    files: { 'm.json': model, 'x.csv': 'width,height\n1,2\nnan,2\n' },
    argv: predict('x.csv'),
    stderr: /x\.csv: row 1, column 0 \("width"\): expected a finite number, got NaN/,
  },
  {
    what: 'predict: another number of features',
    files: { 'm.json': model, 'x.npy': f4([1, 3], [1, 2, 3]) },
    argv: predict('x.npy'),
    stderr: 'onesum predict: x.npy: it has 3 columns, and m.json was trained on 2 features\n',
  },
  {
    what: 'predict: features in another order',
    files: { 'm.json': model, 'x.csv': 'height,width\n1,2\n' },
    argv: predict('x.csv'),
    stderr:
      'onesum predict: x.csv: column 0 is "height", and feature 0 of m.json is "width"; bring the columns into its order\n',
  },
  {
    what: 'predict: a feature that is missing',
    files: { 'm.json': model, 'x.csv': 'width,depth\n1,2\n' },
    argv: predict('x.csv'),
    stderr: 'onesum predict: x.csv: no column is named "height", which m.json was trained on\n',
  },
  {
    what: 'predict: a column too many',
    files: { 'm.json': model, 'x.csv': 'width,height,kind\n1,2,3\n' },
    argv: predict('x.csv'),
    stderr:
      'onesum predict: x.csv: the column "kind" is none of the 2 features of m.json; leave it out with --label-column kind\n',
  },
]

const wrongLabels: Refusal[] = [
  {
    what: 'train: fewer labels than rows',
    files: { 'x.npy': x, 'l.npy': i4([3], [0, 1, 1]) },
    argv: train(),
    stderr: 'onesum train: l.npy: fewer labels than rows: 3 labels for 4 rows of x.npy\n',
  },
  {
    what: 'train: a header among names',
    files: { 'x.npy': x, 'l.csv': 'kind\na\na\nb\nb\n' },
    argv: ['train', 'x.npy', '--labels', 'l.csv', '-o', 'm.json'],
    stderr: /5 labels for 4 rows of x\.npy; if its first line is a header, pass the name there to --label-column/,
  },
  {
    what: 'train: a name that is none of the classes',
    files: { 'x.npy': x, 'l.csv': 'a\nb\nc\na\n' },
    argv: ['train', 'x.npy', '--labels', 'l.csv', '--classes', 'a,b', '-o', 'm.json'],
    stderr: /l\.csv: line 3: no class is named "c"; the classes are "a", "b"/,
  },
  {
    what: 'train: a name in a column that is none of the classes',
    files: { 'x.csv': 'x,kind\n1,a\n2,z\n' },
    argv: ['train', 'x.csv', '--label-column', 'kind', '--classes', 'a,b', '-o', 'm.json'],
    stderr: /x\.csv: row 1: no class is named "z"; the classes are "a", "b"/,
  },
  {
    what: 'train: a label beyond the classes',
    files: { 'x.npy': x, 'l.npy': i4([4], [0, 1, 2, 1]) },
    argv: train('--classes', 'a,b'),
    stderr: /l\.npy: row 2: the label 2 is out of range for 2 classes/,
  },
  {
    what: 'train: a negative label',
    files: { 'x.npy': x, 'l.npy': i4([4], [0, 1, -1, 1]) },
    argv: train(),
    stderr: /l\.npy: row 2: the label -1 is out of range/,
  },
  {
    what: 'train: a label that asks for too many classes',
    files: { 'x.npy': x, 'l.npy': i4([4], [0, 1, 2 ** 31 - 1, 1]) },
    argv: train(),
    stderr: /l\.npy: row 2: the label 2147483647 asks for 2,147,483,648 classes; number them from 0/,
  },
  {
    what: 'train: too few rows to calibrate on',
    files: { 'x.npy': x, 'l.npy': l },
    argv: train('--calibrate', 'temperature'),
    stderr: 'onesum train: x.npy: too few rows to calibrate on; leave out --calibrate\n',
  },
  {
    what: 'train: one class only',
    files: { 'x.npy': x, 'l.csv': 'a\na\na\na\n' },
    argv: ['train', 'x.npy', '--labels', 'l.csv', '-o', 'm.json'],
    stderr: 'onesum train: l.csv: every row has the class a; a classifier needs two or more\n',
  },
  {
    what: 'train: no rows',
    files: { 'x.npy': f4([0, 2], []), 'l.npy': i4([0], []) },
    argv: train(),
    stderr: 'onesum train: x.npy: there are no rows to train on\n',
  },
]

const wrongModels: Refusal[] = (
  [
    ['of another version', JSON.stringify({ ...saved, version: 9 }), /"version" expected 1, got 9/],
    ['that is truncated', model.slice(0, -20), /or a truncated one: it is not JSON/],
    ['that is empty', '', /it is not JSON/],
    ['that is another JSON', '[1, 2]', /no model that this version reads: "json" expected/],
    ['of another kind', JSON.stringify({ ...saved, kind: 'tree' }), /"kind" expected 'softmax classifier', got "tree"/],
    ['of other dimensions', JSON.stringify({ ...saved, features: 3 }), /"weights" expected 6 numbers, got 4/],
    ['with a weight of text', JSON.stringify({ ...saved, weights: [1, 2, 3, 'x'] }), /"weights" expected a number/],
  ] as const
).map(([what, content, problem]) => ({
  what: `predict: a model ${what}`,
  files: { 'm.json': content, 'x.npy': x },
  argv: predict('x.npy'),
  stderr: new RegExp(`^onesum predict: m\\.json: .*${problem.source}`),
}))

const wrongFiles: Refusal[] = [
  {
    what: 'train: a model of an unknown extension',
    files: { 'x.npy': x, 'l.npy': l },
    argv: ['train', 'x.npy', '--labels', 'l.npy', '-o', 'm.txt'],
    stderr: /m\.txt: a model is written as \.json or \.onnx/,
  },
  {
    what: 'train: a model that exists',
    files: { 'x.npy': x, 'l.npy': l, 'm.json': 'precious' },
    argv: train('-o', 'n.onnx'),
    stderr: /m\.json: already exists/,
  },
  {
    what: 'train: the features as output',
    files: { 'x.json': '[[1],[2]]', 'l.npy': i4([2], [0, 1]) },
    argv: ['train', 'x.json', '--labels', 'l.npy', '-o', 'x.json', '--force'],
    stderr: /x\.json: the output is the input x\.json/,
  },
  {
    what: 'train: a second output in a folder that is not there',
    files: { 'x.npy': x, 'l.npy': l },
    argv: train('-o', 'no/m.onnx'),
    stderr: /no\/m\.onnx: cannot be written: no such file or folder/,
  },
  {
    what: 'predict: a missing model',
    files: { 'x.npy': x },
    argv: predict('x.npy'),
    stderr: /m\.json: cannot be read: no such file or folder/,
  },
  {
    what: 'predict: an ONNX model',
    files: { 'm.onnx': new Uint8Array(3), 'x.npy': x },
    argv: ['predict', 'm.onnx', 'x.npy'],
    stderr: /m\.onnx: an ONNX model is for other programs; give the \.json that onesum train writes/,
  },
  {
    what: 'predict: the model as output',
    files: { 'm.json': model, 'x.npy': x },
    argv: ['predict', 'm.json', 'x.npy', '-o', 'm.json', '--force'],
    stderr: /m\.json: the output is the input m\.json/,
  },
  {
    what: 'predict: names of classes in NPY',
    files: { 'm.json': model, 'x.npy': x },
    argv: predict('x.npy', '--best'),
    stderr: /p\.npy: names of classes are text, and NPY holds numbers/,
  },
]

const wrongCall: Refusal[] = [
  {
    what: 'train: no output',
    files: {},
    argv: ['train', 'x.npy', '--labels', 'l.npy'],
    stderr: /the output is missing: say where the model goes with -o model\.json/,
  },
  {
    what: 'train: the model to stdout',
    files: {},
    argv: ['train', 'x.npy', '--labels', 'l.npy', '-o', '-'],
    stderr: /the model needs a file: name it with -o model\.json/,
  },
  {
    what: 'train: one output twice',
    files: {},
    argv: train('-o', 'm.json'),
    stderr: /-o m\.json is given twice/,
  },
  { what: 'train: no labels', files: {}, argv: ['train', 'x.npy', '-o', 'm.json'], stderr: /the labels are missing/ },
  {
    what: 'train: everything held out',
    files: {},
    argv: train('--holdout', '1'),
    stderr: /expected a number below 1: no row would be left/,
  },
  {
    what: 'train: a holdout of NaN',
    files: {},
    argv: train('--holdout', 'nan'),
    stderr: /expected a number from 0 to 1/,
  },
  { what: 'train: a negative l2', files: {}, argv: train('--l2', '-1'), stderr: /a finite number >= 0, or 'auto'/ },
  {
    what: 'train: an infinite l2',
    files: {},
    argv: train('--l2', 'Infinity'),
    stderr: /a finite number >= 0, or 'auto'/,
  },
  { what: 'train: an l2 of text', files: {}, argv: train('--l2', 'much'), stderr: /a finite number >= 0, or 'auto'/ },
  {
    what: 'train: an unknown class weight',
    files: {},
    argv: train('--class-weight', 'even'),
    stderr: /choose from balanced/,
  },
  {
    what: 'train: a broken seed',
    files: {},
    argv: train('--seed', '1.5'),
    stderr: /expected a whole number >= 0/,
  },
  {
    what: 'train: a penalty for a network',
    files: {},
    argv: train('--hidden', '8', '--l2', '1'),
    stderr: /--l2 belongs to softmax regression, and --hidden asks for a network/,
  },
  {
    what: 'train: iterations for a network',
    files: {},
    argv: train('--hidden', '8', '--max-iterations', '10'),
    stderr: /--max-iterations belongs to softmax regression/,
  },
  {
    what: 'train: an activation without hidden layers',
    files: {},
    argv: train('--activation', 'tanh'),
    stderr: /--activation belongs to networks, and there is no --hidden/,
  },
  {
    what: 'train: a layer without units',
    files: {},
    argv: train('--hidden', '8,0'),
    stderr: /expected a whole number from 1 to 1048576/,
  },
  {
    what: 'train: an unknown activation',
    files: {},
    argv: train('--hidden', '8', '--activation', 'sine'),
    stderr: /choose from relu, leakyRelu/,
  },
  {
    what: 'train: an unknown calibration',
    files: {},
    argv: train('--calibrate', 'isotonic'),
    stderr: /choose from temperature/,
  },
  {
    what: 'predict: no features',
    files: {},
    argv: ['predict', 'm.json'],
    stderr: /missing required argument 'features'/,
  },
  {
    what: 'predict: a precision of text',
    files: {},
    argv: predict('x.npy', '--best', '--dtype', 'float32'),
    stderr: /--dtype belongs to the probabilities, and --best writes text/,
  },
]

describeRefusals([...wrongFeatures, ...wrongLabels, ...wrongModels, ...wrongFiles], wrongCall)
