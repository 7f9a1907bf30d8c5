// What a formula is worth in numbers, as `coursework/values.py` has it: arrays with named axes, { axes, shape, values }.

class Misfit extends Error {}

const sigmoid = (z) => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));

const FUNCTIONS = new Map(Object.entries({
  "exp": Math.exp, "exp'": Math.exp, "log": Math.log, "sqrt": Math.sqrt, "abs": Math.abs, "sign": Math.sign,
  "sin": Math.sin, "sin'": Math.cos, "cos": Math.cos, "cos'": (z) => -Math.sin(z),
  "sinh": Math.sinh, "cosh": Math.cosh, "sech": (z) => 1 / Math.cosh(z),
  "tanh": Math.tanh, "tanh'": (z) => 1 - Math.tanh(z) ** 2,
  sigmoid, "sigmoid'": (z) => sigmoid(z) * sigmoid(-z),
  "relu": (z) => Math.max(z, 0), "relu'": (z) => z > 0 ? 1 : 0,
  "softplus": (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), "softplus'": sigmoid,
  "identity": (z) => z, "identity'": () => 1,
  "g": (z) => Math.sin(z) + 0.3 * Math.cos(2 * z), "g'": (z) => Math.cos(z) - 0.6 * Math.sin(2 * z),  // any activation
}));

const OPERATORS = new Map(Object.entries({
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "^": (a, b) => a ** b,
  "=": (a, b) => +(a === b), "≠": (a, b) => +(a !== b), "<": (a, b) => +(a < b), ">": (a, b) => +(a > b),
  "≤": (a, b) => +(a <= b), "≥": (a, b) => +(a >= b),
}));

// axes

/** So many numbers, by their places; a plain loop, which is many times faster than Float64Array.from. */
function filled(n, entry) {
  const values = new Float64Array(n);
  for (let at = 0; at < n; at++) values[at] = entry(at);
  return values;
}

const product = (numbers) => numbers.reduce((all, one) => all * one, 1);

/** How far the next entry along each axis lies. */
function steps(shape) {
  const found = [];
  let step = 1;
  for (const n of [...shape].reverse()) {
    found.unshift(step);
    step *= n;
  }
  return found;
}

/** Places in an array, one after another: where each lies that is `stride` away along axes of a shape. */
function places(shape, strides, offset = 0) {
  const found = new Int32Array(product(shape));
  let known = 1;
  found[0] = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    for (let n = 1; n < shape[axis]; n++)
      for (let at = 0; at < known; at++) found[n * known + at] = found[at] + n * strides[axis];
    known *= shape[axis];
  }
  return found;
}

const taken = (values, places) => filled(places.length, (at) => values[places[at]]);

/** Two arrays of numbers as one, entry by entry, over a shape; an axis along which one has length 1 repeats it. */
function combined(one, other, shape, operator) {
  const whole = (array) => array.shape.every((n, axis) => n === shape[axis]);
  if (whole(one) && whole(other)) return one.values.map((value, at) => operator(value, other.values[at]));
  const strides = (array) => steps(array.shape).map((step, axis) => array.shape[axis] === 1 ? 0 : step);
  const [left, right] = [one, other].map((array) => places(shape, strides(array))), [a, b] = [one.values, other.values];
  return filled(left.length, (at) => operator(a[left[at]], b[right[at]]));
}

/** An array with axes in the given order, of length 1 where it has none of that name. */
function over(array, axes) {
  if (axes.length === array.axes.length && axes.every((at, n) => at === array.axes[n])) return array;
  const at = axes.map((axis) => array.axes.indexOf(axis)), step = steps(array.shape);
  const shape = at.map((axis) => axis < 0 ? 1 : array.shape[axis]);
  return { axes, shape, values: taken(array.values, places(shape, at.map((axis) => axis < 0 ? 0 : step[axis]))) };
}

// evaluation

/** Indices as written, with the sample's in front where it was left out. */
const withSample = ({ shape }, indices) => [...Array(shape.length - indices.length).fill("s"), ...indices];

/**
 * The value of a tree: an array over its free indices.
 * arrays   Map: name → { shape, values, first }, where `first` says what the unit does whose index stands first
 * ranges   Map: letter → how far it runs, for one that stands in a condition only
 * Misfit where an index would have to run over two ranges.
 */
function evaluate(tree, arrays, ranges) {
  return valueOf(tree, { tree, arrays, ranges });
}

const valueOf = (node, scope) => VALUES[node.kind](node, scope);

const VALUES = {
  number: ({ value }) => ({ axes: [], shape: [], values: Float64Array.of(value) }),
  index(node, scope) {
    const n = rangeOf(node.name, scope);
    return { axes: [node.name], shape: [n], values: filled(n, (at) => at + 1) };
  },
  entry(node, { arrays }) {
    const stored = arrays.get(node.name), { shape } = stored, step = steps(shape), own = new Map();
    const indices = withSample(stored, node.indices);
    let offset = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (typeof indices[axis] !== "number") continue;
      if (indices[axis] > shape[axis]) throw new Misfit(noSuchUnit(node, shape[axis], indices[axis], stored.first));
      offset += (indices[axis] - 1) * step[axis];
    }
    indices.forEach((at, axis) => {
      if (typeof at === "number") return;
      const before = own.get(at) ?? { n: shape[axis], step: 0 };
      if (before.n !== shape[axis])
        throw new Misfit(`in ${node.name} the index ${at} stands for two kinds of units at once`);
      own.set(at, { n: before.n, step: before.step + step[axis] });
    });
    const kept = [...own.values()], found = places(kept.map(({ n }) => n), kept.map((one) => one.step), offset);
    return { axes: [...own.keys()], shape: kept.map(({ n }) => n), values: taken(stored.values, found) };
  },
  binary(node, scope) {
    const left = valueOf(node.left, scope), right = valueOf(node.right, scope);
    const axes = [...left.axes, ...right.axes.filter((at) => !left.axes.includes(at))];
    const [one, other] = [over(left, axes), over(right, axes)];
    axes.forEach((at, axis) => {
      const n = one.shape[axis], m = other.shape[axis];
      if (n !== m && left.axes.includes(at) && right.axes.includes(at))
        throw new Misfit(`the index ${at} counts two different things: it runs to ${n} in one place and to ${m} in another`);
    });
    const shape = one.shape.map((n, axis) => n === 1 ? other.shape[axis] : n);
    return { axes, shape, values: combined(one, other, shape, OPERATORS.get(node.operator)) };
  },
  sum(node, scope) {
    const body = valueOf(node.body, scope), axis = body.axes.indexOf(node.index);
    if (axis < 0) {
      const samples = numberOfSamples(scope.arrays);
      return { ...body, values: body.values.map((value) => value * samples) };
    }
    const axes = body.axes.filter((at) => at !== node.index), last = over(body, [...axes, node.index]);
    const n = body.shape[axis], shape = last.shape.slice(0, -1);
    const values = filled(product(shape), (at) => {
      let total = 0;
      for (let k = 0; k < n; k++) total += last.values[at * n + k];
      return total;
    });
    return { axes, shape, values };
  },
  call(node, scope) {
    const argument = valueOf(node.argument, scope);
    return { ...argument, values: argument.values.map(FUNCTIONS.get(node.function)) };
  },
  negative(node, scope) {
    const array = valueOf(node.of, scope);
    return { ...array, values: array.values.map((value) => -value) };
  },
};

function numberOfSamples(arrays) {
  if (!arrays.has("N")) throw new Misfit("a sum runs over the samples, but there are none here");
  return arrays.get("N").values[0];
}

function noSuchUnit(node, units, at, first) {
  const count = units === 1 ? "one unit" : `${units} units`;
  const turned = node.name.startsWith("W") && node.indices.length === 2
    ? `; the unit that ${first} stands first, ${node.name}[${node.indices[1]},${node.indices[0]}]` : "";
  return `${node.name} has ${count} in that place, so there is no number ${at}${turned}`;
}

/** How far an index of a formula runs, for a condition in which it stands as a number. */
function rangeOf(letter, { tree, arrays, ranges }) {
  for (const node of walk(tree)) {
    if (node.kind !== "entry" || !node.indices.includes(letter)) continue;
    const stored = arrays.get(node.name);
    return stored.shape[withSample(stored, node.indices).indexOf(letter)];
  }
  if (ranges.has(letter)) return ranges.get(letter);
  throw new Misfit(`the index ${letter} stands in a condition only, so nothing says how far it runs`);
}
