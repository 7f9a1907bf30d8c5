// What Python does with texts and numbers, so that messages are the same here and there.

/** A text without the spaces at its ends. */
const stripped = (text) => text.replace(EDGES, "");
const EDGES = new RegExp(`^${TABLES.space}+|${TABLES.space}+$`, "gu");

/** A text in quotation marks; in place of characters that cannot be seen stand their numbers. */
const quoted = (text) => `'${[...text].map((one) => one !== " " && HIDDEN.test(one) ? escaped(one) : one).join("")}'`;

const HIDDEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}]$/u;
const ESCAPES = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

function escaped(character) {
  const code = character.codePointAt(0).toString(16);
  return ESCAPES.get(character) ?? (code.length < 3 ? `\\x${code.padStart(2, "0")}` : code.length < 5
    ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`);
}

/** str of a number. */
function plainNumber(value) {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${Object.is(value, -0) ? "-0" : value}.0`;
  const [digits, power] = value.toExponential().split("e");
  return -4 <= power && power < 16 ? String(value).includes("e") ? value.toFixed(20).replace(/0+$/, "") : String(value)
    : `${digits}e${twoDigits(power)}`;
}

/** A number with so many digits, as `shown` in feedback.py has it. */
function general(value, digits) {
  if (!Number.isFinite(value)) return notFinite(value);
  const near = halfToEven(Math.abs(value), digits), [mantissa, power] = near.toExponential(digits - 1).split("e");
  const short = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return (value < 0 || Object.is(value, -0) ? "-" : "") + (-4 <= power && power < digits
    ? short(near.toFixed(digits - 1 - power)) : `${short(mantissa)}e${twoDigits(power)}`);
}

/** A positive number rounded to so many digits; halfway between two the last one is even. */
function halfToEven(value, digits) {
  const [mantissa, power] = value.toExponential(TABLES.EXACT - 1).split("e"), all = mantissa.replace(".", "");
  const head = Number(all.slice(0, digits)), tail = Number(`0.${all.slice(digits)}`);
  return Number(`${tail > 0.5 || tail === 0.5 && head % 2 ? head + 1 : head}e${power - digits + 1}`);
}

const notFinite = (value) => Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
const twoDigits = (power) => power[0] + power.slice(1).padStart(2, "0");

/** The word nearest to a text, by the share of characters that they have in common; undefined where none is near. */
function nearest(text, words, cutoff) {
  const scored = words.map((word) => [likeness(word, text), word]).filter(([score]) => score >= cutoff);
  return scored.reduce((best, one) => best && (best[0] > one[0] || best[0] === one[0] && best[1] >= one[1]) ? best : one,
                       undefined)?.[1];
}

function likeness(one, other) {
  const a = [...one], b = [...other], length = a.length + b.length;
  return length ? 2 * inCommon(a, b, 0, a.length, 0, b.length) / length : 1;
}

/** How many characters lie in the longest run that both have, and left and right of it likewise. */
function inCommon(a, b, fromA, toA, fromB, toB) {
  let [size, atA, atB] = [0, fromA, fromB], runs = new Map();
  for (let i = fromA; i < toA; i++) {
    const longer = new Map();
    for (let j = fromB; j < toB; j++) {
      if (a[i] !== b[j]) continue;
      const run = (runs.get(j - 1) ?? 0) + 1;
      longer.set(j, run);
      if (run > size) [size, atA, atB] = [run, i - run + 1, j - run + 1];
    }
    runs = longer;
  }
  return size && size + inCommon(a, b, fromA, atA, fromB, atB) + inCommon(a, b, atA + size, toA, atB + size, toB);
}
