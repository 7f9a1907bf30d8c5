// What Python does with texts and numbers, so that messages are the same here and there.

/** A text without the spaces at its ends. */
const stripped = (text) => text.replace(EDGES, "");
const EDGES = new RegExp(`^${TABLES.space}+|${TABLES.space}+$`, "gu");

/** repr of a text. */
function quoted(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + [...text].map((character) => escaped(character, quote)).join("") + quote;
}

const ESCAPES = new Map([["\\", "\\\\"], ["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);
const HIDDEN = /^[\p{C}\p{Z}]$/u;

function escaped(character, quote) {
  if (character === quote) return `\\${quote}`;
  if (ESCAPES.has(character)) return ESCAPES.get(character);
  if (character === " " || !HIDDEN.test(character)) return character;
  const code = character.codePointAt(0).toString(16);
  return code.length < 3 ? `\\x${code.padStart(2, "0")}` : code.length < 5 ? `\\u${code.padStart(4, "0")}`
    : `\\U${code.padStart(8, "0")}`;
}

/** str of a number. */
function plainNumber(value) {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${Object.is(value, -0) ? "-0" : value}.0`;
  const [digits, power] = value.toExponential().split("e");
  return -4 <= power && power < 16 ? String(value).includes("e") ? value.toFixed(20).replace(/0+$/, "") : String(value)
    : `${digits}e${twoDigits(power)}`;
}

/** A number with so many digits at most, as Python's format "g" has it. */
function general(value, digits) {
  if (!Number.isFinite(value)) return notFinite(value);
  const [mantissa, power] = value.toExponential(digits - 1).split("e"), sign = Object.is(value, -0) ? "-" : "";
  const short = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return sign + (-4 <= power && power < digits ? short(value.toFixed(Math.max(digits - 1 - power, 0)))
    : `${short(mantissa)}e${twoDigits(power)}`);
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
