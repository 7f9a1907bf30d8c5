// The verdict on an answer, as `coursework/checking.py` finds it: { outcome, mistakes, feedback, position }, where
// `position` counts characters from 0 and is null where the answer can be read.

const verdict = (outcome, facts = [], mistakes = [], position = null) =>
  ({ outcome, mistakes, feedback: facts.filter(Boolean).join("\n\n"), position });

const NOTHING = new Set(["", "...", "…"]);

/** The verdict on a text.  `exercise` is what `opened` makes of an exercise's data. */
function judged(exercise, text) {
  const { nothing, again } = exercise.words;
  if (NOTHING.has(stripped(text))) return verdict("missing", [nothing]);
  try {
    return JUDGES[exercise.kind](exercise, text);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    return verdict("invalid", [error.message, again], [], error.position);
  }
}

const JUDGES = { formula: judgedFormula, number: judgedNumber, choice: judgedChoice, guess: judgedGuess };

function judgedFormula(exercise, text) {
  const tree = parse(text, exercise.vocabulary), notes = [];
  const found = exercise.points.map(({ arrays, ranges }) => {
    try {
      return evaluate(tree, arrays, ranges);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      notes.push(`In your formula ${exercise.inItsLetters(error.message)}.`);
      return null;
    }
  });
  const told = notes.slice(0, 1), answer = found.map((array) => array && aligned(array, exercise.axes)), last = found.at(-1);
  if (!last) return decided(exercise, answer, { notes: told, number: () => numberTold(exercise, answer, null) });
  return decided(exercise, answer, {
    notes: [...told, ...freeIndicesTold(exercise, last.axes)],
    number: () => numberTold(exercise, answer, tree),
    more: () => [...superscriptsTold(text), ...singleUnitsTold(exercise, tree), ...arraysThatEnterRight(exercise, tree, answer.at(-1)),
                 ...whatIsRight(exercise.right, answer)],
  });
}

/** The value with the axes of what is asked for in front, then the indices that are left free. */
function aligned(array, axes) {
  const free = array.axes.filter((at) => !axes.includes(at));
  return { ...over(array, [...axes, ...free]), own: axes.length };
}

/**
 * The verdict on an answer with these values at the test points.
 * notes   sentences that go with any wrong answer
 * number  () → a sentence with a number that shows the difference
 * more    () → sentences for a wrong answer that is not known
 * same    up to which relative difference an answer is a known wrong one
 */
function decided(exercise, answer, { notes = [], number = () => "", more = () => [], same = exercise.tolerance }) {
  const gap = distance(exercise.right, answer, exercise.nearly);
  if (gap <= exercise.tolerance) return verdict("right", ["That is right."]);
  const groups = Number.isNaN(gap) ? [] : namesOf({ ...exercise, tolerance: same }, answer);
  if (groups.length) {
    const names = [...new Set(groups.flat())].map((name) => exercise.mistakes[name].name);
    return verdict("wrong", [mistakesTold(groups, exercise.mistakes), ...notes, number()], names);
  }
  if (!(gap > exercise.nearly)) return verdict("undecided", [undecidedTold(answer)]);
  return verdict("wrong", ["Not equal, and no mistake that is known leads here.", ...notes, number(), ...more()]);
}

// numbers

const ARITHMETIC = new Vocabulary({ ...TABLES.ARITHMETIC, names: [], silent: [], free: [] });
const DECIMAL_COMMA = new RegExp(`^${TABLES.DECIMAL_COMMA}$`, "u"), PLAIN = new RegExp(`^${TABLES.PLAIN}$`, "u");

function judgedNumber(exercise, text) {
  const value = numberIn(text), [{ values: [right] }] = exercise.right;
  const digits = digitsOf(text);
  const found = decided(exercise, [{ shape: [], values: Float64Array.of(value), own: 0 }],
                        { same: digits === 1 ? TABLES.EQUAL : exercise.tolerance });
  const rounded = digits === 1 && found.mistakes.length ? "" : roundedTold(right, value, digits);
  if (rounded) return verdict("undecided", [rounded]);
  if (found.outcome === "right" || found.mistakes.length) return found;
  return digits === 1 ? verdict("undecided", [TABLES.ONE_DIGIT])
    : verdict("wrong", ["That is not the number, and no mistake that is known gives it."]);
}

/** What is wrong with an answer as a whole, not with a place in it. */
const unreadable = (message) => new FormulaError(message, null);

function numberIn(text) {
  let value;
  try {
    [value] = evaluate(parse(withPoint(text), ARITHMETIC), new Map(), new Map()).values;
  } catch (error) {
    throw error instanceof Misfit ? unreadable("A number is expected, without indices.") : error;
  }
  if (!Number.isFinite(value)) throw unreadable(`A finite number is expected; given: ${plainNumber(value)}.`);
  return value;
}

/** 0,141 as 0.141. */
function withPoint(text) {
  return formulaAlone(short(text)).replace(DECIMAL_COMMA, "$1.$2");
}

/** How many digits a number was given with; null for one that is worked out, such as 1/3. */
function digitsOf(text) {
  const match = PLAIN.exec(withPoint(text));
  return match && translated(match[1] + match[2], DIGITS).replace(/^0+/, "").length;
}

/** What to say of a number with too few digits that may be the right one; "" for any other. */
function roundedTold(right, value, digits) {
  if (digits === null || digits >= TABLES.DIGITS_ASKED || right * value <= 0) return "";
  if (value === right || value === Number(right.toExponential(TABLES.DIGITS_ASKED - 1))) return "";  // 0.54 is 0.540
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(right))) - digits + 1), off = Math.abs(value - right);
  if (off >= unit) return "";
  if (digits < 2) return TABLES.ONE_DIGIT;
  return off <= unit / 2 * (1 + 1e-9) ? "That is right, as far as it goes. Give three digits."
    : "That is close. Give three digits, rounded.";
}

// guesses

/** How far off a guess is, and the number. */
function judgedGuess({ right, within, unit, sentences }, text) {
  const off = numberIn(unit ? text.replaceAll(unit, " ") : text) - right;
  const shown = (value) => `${general(value, 4).replaceAll("-", "−")} ${unit}`.trim();
  const distance = off === 0 ? sentences.exact
    : sentences[off > 0 ? "high" : "low"].replace("{distance}", () => shown(Math.abs(off)));
  return verdict(Math.abs(off) <= within ? "near" : "far", [`${distance} ${sentences.told.replace("{number}", () => shown(right))}`]);
}

// letters

const LETTERED = new RegExp(`^(?:${TABLES.LETTERED})$`, "u"), QUOTES = new RegExp(`^[${TABLES.QUOTES}]+|[${TABLES.QUOTES}]+$`, "gu");

/** A text without the quotation marks around it. */
const unquoted = (text) => stripped(stripped(text).replace(QUOTES, ""));

/** The verdict on an option, by its letter, its text or both. */
function judgedChoice({ options, verdicts }, text) {
  const letters = [...TABLES.LETTERS].slice(0, options.length), plain = unquoted(text), [, letter = "", more = ""] = LETTERED.exec(plain) ?? [];
  const at = letters.indexOf(letter.toUpperCase()), rest = unquoted(more);
  const chosen = at >= 0 && (!rest || ofText(rest, options) === at) ? at : ofText(plain, options);
  if (chosen < 0) throw unreadable(`Choose a letter from A to ${letters.at(-1)}.`);
  return { ...verdicts[chosen], position: null };
}

/** The number of a text among some, in any case where that leaves no other; -1 for none. */
function ofText(text, texts) {
  for (const same of [(one) => one, (one) => one.toLowerCase()]) {
    const found = [...texts.keys()].filter((at) => same(texts[at]) === same(text));
    if (found.length === 1) return found[0];
  }
  return -1;
}

// an exercise, out of its data

/** What is judged by: the data that `facts.py` has made of an exercise, with its numbers as arrays. */
function opened({ numbers, ...data }) {
  if (numbers === undefined) return data;
  const all = new Float64Array(Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0)).buffer);
  const array = ([shape, at]) => ({ shape, values: all.subarray(at, at + product(shape)) });
  const value = (number) => number === null ? null : { ...array(data.values[number]), own: data.axes.length };
  const candidate = ([names, ...values]) => ({ names, values: values.map(value) });
  const called = table(data.called), name = (one) => called.get(one) ?? one;
  return {
    ...data,
    vocabulary: data.kind === "formula" && new Vocabulary(data),
    points: data.points.map(({ arrays, ranges }) => ({
      arrays: new Map(arrays.map(([name, place, first]) => [name, { ...array(place), first }])), ranges: table(ranges) })),
    right: data.right.map(value),
    single: data.single.map(candidate), rarer: data.rarer.map(candidate), double: data.double.map(candidate),
    enters: new Map(Object.entries(data.enters).map(([name, place]) => [name, { ...array(place), own: data.axes.length }])),
    layered: new Set(data.layered), called: name,
    inItsLetters: (sentence) => sentence.replace(/\w+/g, name),
  };
}
