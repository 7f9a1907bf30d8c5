// Sentences for the learner, as `coursework/feedback.py` has them: what the mistake is, where to look, a number that
// shows it.  Never the answer.

const CONSTANT = 1e-9, SUPERSCRIPT = new RegExp(TABLES.SUPERSCRIPT, "u");

// mistakes that are known

function mistakesTold(groups, mistakes) {
  const told = groups.map((names) => names.map((name) => oneMistake(mistakes[name])).join("  \n"));
  if (groups.length > 1) return `Several mistakes look the same here:\n\n${told.join("\n\nor\n\n")}`;
  return (groups[0].length > 1 ? "Two mistakes at once.\n\n" : "") + told[0];
}

const oneMistake = ({ name, sentence, notebook }) =>
  `**${name[0].toUpperCase()}${name.slice(1)}.** ${sentence} See the notebook ${notebook}.`;

// a number that shows the difference

function numberTold(exercise, answer, tree) {
  for (const [n, point] of exercise.points.entries()) {
    const found = sideBySide(exercise.right[n], answer[n]);
    if (!found || !found.other.every(Number.isFinite) || allClose(found)) continue;
    const gap = found.one.map((value, at) => Math.abs(value - found.other[at])), most = largest(gap) * (1 - CONSTANT);
    const at = gap.findIndex((one) => one >= most);
    const indices = placeOf(at, found.shape), place = new Map(exercise.letters.map((letter, axis) => [letter, indices[axis]]));
    return differenceTold(place, found.other[at], found.one[at]) + inputsTold(exercise, tree, point, place);
  }
  return "";
}

const allClose = ({ one, other }) => one.every((value, at) => Math.abs(value - other[at]) <= 1e-8 * Math.abs(other[at]));

function placeOf(at, shape) {
  return steps(shape).map((step, axis) => Math.floor(at / step) % shape[axis]);
}

/** The numbers that stand for the entries of a formula at a place: those without an index that is summed. */
function inputsTold(exercise, tree, point, place) {
  const found = new Map();
  for (const node of tree ? walk(tree) : []) {
    if (node.kind !== "entry") continue;
    const stored = point.arrays.get(node.name), step = steps(stored.shape);
    const at = withSample(stored, node.indices).map((one) => typeof one === "number" ? one - 1 : place.get(one));
    if (!at.every((one, axis) => one < stored.shape[axis])) continue;
    const shown = node.indices.length ? `[${node.indices.join(",")}]` : "";
    found.set(exercise.called(node.name) + shown, stored.values[at.reduce((all, one, axis) => all + one * step[axis], 0)]);
  }
  const told = [...found].map(([name, value]) => `${name} = ${general(value, TABLES.DIGITS_TOLD)}`).join(", ");
  return 0 < found.size && found.size <= TABLES.MOST_INPUTS ? ` There ${told}.` : "";
}

/** Two values that fit, over the same axes; null where they do not. */
function sideBySide(right, answer) {
  if (!answer || right.shape.length !== answer.shape.length || apart(right, answer) === Infinity) return null;
  const shape = right.shape.map((n, axis) => n === 1 ? answer.shape[axis] : n);
  const [one, other] = [(a) => a, (_, b) => b].map((which) => combined(right, answer, shape, which));
  return { one, other, shape };
}

function differenceTold(place, yours, right) {
  const ratio = right ? yours / right : Infinity, size = Math.abs(ratio);
  const times = 1e-3 < size && size < 1e3 ? `, ${general(ratio, 3)} times as much` : "";
  const told = [...place].map(([letter, at]) => `${letter === "s" ? "sample" : letter} = ${at + 1}`).join(", ");
  const where = told ? `, for ${told},` : "", [mine, known] = [yours, right].map((value) => general(value, TABLES.DIGITS_TOLD));
  return `At a test point${where} yours gives ${mine} where ${known} is right${times}.`;
}

// what is right about an answer that is wrong

/** Sentences about shape, zeros, sign and factor. */
function whatIsRight(known, answer) {
  const pairs = known.map((value, at) => sideBySide(value, answer[at]));
  if (pairs.some((pair) => !pair || !pair.other.every(Number.isFinite))) return [];
  const [one, other] = ["one", "other"].map((side) => pairs.flatMap((pair) => [...pair[side]]));
  const zeros = other.filter((_, at) => one[at] === 0), ratio = other.map((value, at) => value / one[at]);
  return [known.some(({ shape }) => shape.length > 1) && "Its shape is right.",
          zeros.length && zeros.every((value) => value === 0) && "It is zero where it should be.",
          factorTold(ratio.filter((_, at) => one[at] !== 0))].filter(Boolean);
}

const isConstant = (ratio, within) => largest(ratio, -Infinity) + largest(ratio.map((one) => -one), -Infinity) <= within;

function factorTold(ratio) {
  if (ratio.length && ratio[0] && isConstant(ratio, CONSTANT * Math.abs(ratio[0]))) return "It is right up to a constant factor.";
  return ratio.length && ratio.every((one) => one > 0) ? "Its sign is right everywhere." : "";
}

/**
 * The arrays in a formula that change it as they change the right answer when they alone are changed, each entry of theirs
 * by another factor.
 */
function arraysThatEnterRight(exercise, tree, before) {
  const entries = [...walk(tree)].filter((node) => node.kind === "entry").map((node) => node.name);
  const names = [...new Set(entries)].filter((name) => name !== "N").sort();
  const right = names.filter((name) => {
    const factors = exercise.enters.get(name);
    return factors && sameChange(factors, changeOf(exercise, tree, name, before));
  }).map((name) => `\`${exercise.called(name)}\``);
  return right.length ? [`${right.join(", ")} ${right.length === 1 ? "enters" : "enter"} it in the right way.`] : [];
}

/** By which factors a formula's values at the last point change when an array is changed. */
function changeOf(exercise, tree, name, before) {
  const { arrays, ranges } = exercise.points.at(-1), stored = arrays.get(name);
  const other = new Map(arrays).set(name, { ...stored, values: stored.values.map((value, at) => (1 + 1 / (at + 1)) * value) });
  const after = aligned(evaluate(tree, other, ranges), exercise.axes);
  return { ...after, values: after.values.map((value, at) => value / before.values[at]) };
}

const changes = (factors) => factors.some((one) => Number.isFinite(one) && Math.abs(one - 1) > CONSTANT);

function sameChange(right, answer) {
  const found = sideBySide(right, answer);
  if (!found || !changes(found.one)) return false;
  const both = [...found.one].map((one, at) => [one, found.other[at]]).filter((pair) => pair.every(Number.isFinite));
  return both.every(([one, other]) => Math.abs(other - one) <= CONSTANT * Math.abs(one)) && changes(both.map(([, other]) => other));
}

/** Indices that are neither summed nor asked for. */
function freeIndicesTold(exercise, axes) {
  return axes.filter((at) => !exercise.axes.includes(at)).map(
    (at) => `The index ${at} is neither summed nor asked for.${at === "s" ? " It counts the samples." : ""}`);
}

/** Units named by number, where layers may have any width. */
function singleUnitsTold(exercise, tree) {
  const numbered = [...walk(tree)].some((node) => node.kind === "entry" && exercise.layered.has(node.name)
                                        && node.indices.some((at) => typeof at === "number"));
  return numbered ? ["It names single units, but the layers may have any number of units."] : [];
}

/** Numbers above that may have been meant for layers. */
function superscriptsTold(text) {
  return SUPERSCRIPT.test(text)
    ? ["A number above a name is read as a power; the layer of a weight is written w^(2)_jk, or W2[j,k]."] : [];
}

function undecidedTold(answer) {
  const finite = answer.every((value) => value && value.values.every(Number.isFinite));
  const why = finite ? "It agrees to six digits, but not exactly; is a number in it rounded?"
    : "At a test point it has no finite value: does it divide by zero or take the logarithm of a negative number?";
  return `This cannot be decided. ${why} Write it in another form.`;
}
