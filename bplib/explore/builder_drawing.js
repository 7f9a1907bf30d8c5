// What is drawn, as data: what a change makes of it, and why some cannot be.  Nothing here is changed in place.

const nodesOf = ({ inputs, units }) => ({ ...inputs, ...units });
const arrowsOf = ({ units }) =>
  Object.entries(units).flatMap(([to, unit]) => Object.keys(unit.from).map((from) => ({ from, to })));
const weightName = ({ from, to }) => `w_${from}_${to}`;
const isFed = ({ units }, name) => Object.values(units).some((unit) => Object.hasOwn(unit.from, name));

/** The units that feed no other: first those that are listed, then others as they stand. */
function outputsOf(drawing) {
  const ends = Object.keys(drawing.units).filter((name) => !isFed(drawing, name));
  return [...new Set([...drawing.outputs.filter((name) => ends.includes(name)), ...ends])];
}

/** All but numbers and places: what a derivation is of. */
function structureOf(drawing) {
  const { inputs, units, bias, loss, over_samples, over_outputs } = drawing;
  const parts = Object.entries(units).map(([name, { from, activation }]) => [name, activation, Object.keys(from)]);
  return JSON.stringify([Object.keys(inputs), parts, outputsOf(drawing), bias, loss, over_samples, over_outputs]);
}

/** The names of units that a unit, and itself, is heard by, however far away. */
function after(drawing, name) {
  const found = new Set([name]);
  for (const [to, { from }] of Object.entries(drawing.units))
    if (Object.keys(from).some((source) => found.has(source))) found.add(to);
  return found;
}

/** Name → along how many paths the output of a unit reaches the cost. */
function pathsToCost(drawing) {
  const found = {};
  for (const name of Object.keys(nodesOf(drawing)).toReversed()) {
    const heardBy = Object.keys(drawing.units).filter((to) => Object.hasOwn(drawing.units[to].from, name));
    found[name] = heardBy.length ? heardBy.reduce((sum, to) => sum + found[to], 0) : Number(name in drawing.units);
  }
  return found;
}

/** The same units, each after all that feed it, and else in the order in which they stand. */
function inOrder(drawing) {
  const left = Object.entries(drawing.units), units = {}, known = new Set(Object.keys(drawing.inputs));
  while (left.length) {
    const next = left.findIndex(([, { from }]) => Object.keys(from).every((source) => known.has(source)));
    const [[name, unit]] = left.splice(next, 1);
    units[name] = unit;
    known.add(name);
  }
  return { ...drawing, units };
}

/** Why there can be no arrow, in words; null where there can be one. */
function objection(phrase, drawing, { from, to }) {
  if (Object.hasOwn(drawing.inputs, to))
    return phrase("{to} is an input, and nothing feeds one. Begin the arrow there, and end it at a unit.", { to });
  if (from === to)
    return phrase("{to} cannot feed itself: its output is computed from its sources. End the arrow at another unit.",
                  { to });
  if (Object.hasOwn(drawing.units[to].from, from))
    return phrase("There is an arrow from {from} to {to} already. Choose it to change its weight.", { from, to });
  if (after(drawing, to).has(from))
    return phrase(
      "An arrow from {from} to {to} would close a cycle, as {to} leads to {from}. Draw it the other way, or remove one first.",
      { from, to });
  return null;
}

const withNode = (drawing, kind, name, node) => ({ ...drawing, [kind]: { ...drawing[kind], [name]: node } });
const kindOf = (drawing, name) => (Object.hasOwn(drawing.inputs, name) ? "inputs" : "units");

function changedNode(drawing, name, changes) {
  const kind = kindOf(drawing, name);
  return withNode(drawing, kind, name, { ...drawing[kind][name], ...changes });
}

function withArrow(drawing, { from, to }, weight) {
  return inOrder(changedNode(drawing, to, { from: { ...drawing.units[to].from, [from]: weight } }));
}

function without(object, name) {
  const { [name]: gone, ...rest } = object;
  return rest;
}

function withoutArrow(drawing, { from, to }) {
  return changedNode(drawing, to, { from: without(drawing.units[to].from, from) });
}

function withoutNode(drawing, name) {
  const units = Object.entries(without(drawing.units, name)).map(
    ([other, unit]) => [other, { ...unit, from: without(unit.from, name) }]);
  return { ...drawing, inputs: without(drawing.inputs, name), units: Object.fromEntries(units) };
}

/** The same drawing in which a node has another name, in its place among the others. */
function renamed(drawing, old, name) {
  const other = (one) => (one === old ? name : one);
  const keys = (object, changed = (value) => value) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [other(key), changed(value)]));
  return { ...drawing, inputs: keys(drawing.inputs), outputs: drawing.outputs.map(other),
           units: keys(drawing.units, (unit) => ({ ...unit, from: keys(unit.from) })) };
}

const LONGEST_NAME = 12;

/** Why a node cannot have a name, in words; null where it can. */
function objectionToName(phrase, drawing, name) {
  if (!/^\p{XID_Start}\p{XID_Continue}*$/u.test(name) || /_/.test(name) || name.length > LONGEST_NAME || name in {})
    return phrase("A name has {most} letters and digits at most and begins with a letter, such as h3; given: {given}.",
                  { most: LONGEST_NAME, given: name || phrase("nothing") });
  if (Object.hasOwn(nodesOf(drawing), name)) return phrase("There is another {name} already. Choose another name.", { name });
  return null;
}

/** The same drawing after a step downhill: every weight, and every bias, less η times its `slope(name)`. */
function descended(drawing, eta, slope) {
  const less = (value, name) => value - eta * slope(name);
  return { ...drawing, units: Object.fromEntries(Object.entries(drawing.units).map(([to, unit]) => [to, {
    ...unit, bias: drawing.bias ? less(unit.bias, `b_${to}`) : unit.bias,
    from: Object.fromEntries(Object.entries(unit.from).map(([from, w]) => [from, less(w, weightName({ from, to }))])),
  }])) };
}

/** The first of x1, x2, … or h1, h2, … that nothing is called by. */
function freeName(drawing, letter) {
  let n = 1;
  while (Object.hasOwn(nodesOf(drawing), `${letter}${n}`)) n += 1;
  return `${letter}${n}`;
}

/** The line of Python that makes the same network. */
function pythonOf(drawing) {
  const text = JSON.stringify, list = (names) => `[${names.map(text).join(", ")}]`;
  const units = Object.entries(drawing.units).map(
    ([name, { from, activation }]) => `    ${text(name)}: (${list(Object.keys(from))}, ${text(activation)}),\n`);
  const options = [`inputs=${list(Object.keys(drawing.inputs))}`, `outputs=${list(outputsOf(drawing))}`,
                   `loss=${text(drawing.loss)}`];
  if (drawing.bias) options.push("bias=True");
  if (drawing.over_samples !== "mean") options.push(`over_samples=${text(drawing.over_samples)}`);
  if (drawing.over_outputs !== "sum") options.push(`over_outputs=${text(drawing.over_outputs)}`);
  return `network = bp.graph({\n${units.join("")}}, ${options.join(", ")})`;
}
