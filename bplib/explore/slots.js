// Formulas with slots for entries of arrays: the same formula in a text's letters and, below them, in numbers.

const MATHML = "http://www.w3.org/1998/Math/MathML";
const SIGNS = ["+", "−", "·", "=", "←"];

/**
 * A line: each part's letters above its number, with columns of their own for the signs between.  Where it is too long
 * it goes on below its right side, with the sign that comes next.
 */
function lineOf({ caption, left, rows, sign = "=", result = left, numbers = true, breaks = false }, letters) {
  const above = rows.map((row, n) => [n ? "" : slot(left), sign, ...row].map((code) => filledIn(code, letters)));
  const below = [`<mn data-number="${result}" data-first=""></mn>`, sign, ...rows.at(-1)];
  const grid = numbers ? [...above, below.map((code) => numbered(code, letters))] : above;
  const tall = grid.map((row) => row.some((cell) => cell.querySelector("mfrac, mtable")));
  const columns = below.map((_, n) => h("span", { class: "bplib-network-column" }, ...grid.map((row, at) =>
    h("span", { class: "bplib-network-cell", "data-tall": tall[at] }, row[n]))));
  const [leftSide, equals, first, ...others] = columns, right = [h("span", {}, first)];
  for (let n = 0; n < others.length; n += 2) {
    if (breaks && rows[0][n + 1] === "+") right.push(h("span", { class: "bplib-network-break" }));
    right.push(h("span", {}, others[n], others[n + 1]));
  }
  return h("div", { class: "bplib-network-line", "data-line": result },
    h("span", { class: "bplib-network-caption" }, caption),
    h("span", { class: "bplib-network-formula", dir: "ltr" }, leftSide, equals,
      h("span", { class: "bplib-network-right" }, ...right)));
}

function slot(key) {
  return `<mrow data-slot="${key}"></mrow>`;
}

function mathOf(code) {
  const element = document.createElementNS(MATHML, "math");
  element.innerHTML = SIGNS.includes(code) ? `<mo form="infix">${code}</mo>` : code;
  return element;
}

/** An operand or a sign in letters. */
function filledIn(code, letters) {
  const element = mathOf(code);
  for (const place of element.querySelectorAll("[data-slot]")) place.innerHTML = letters[place.dataset.slot];
  return element;
}

/** The same with places for numbers; the letter of a function stays. */
function numbered(code, letters) {
  const element = mathOf(code);
  for (const place of element.querySelectorAll("[data-slot]")) {
    const { slot: key, first } = place.dataset;
    if (key.startsWith("g(")) {
      place.innerHTML = letters[key];
      continue;
    }
    const number = document.createElementNS(MATHML, "mn");
    number.dataset.number = key;
    if (first !== undefined) number.dataset.first = "";
    place.replaceWith(number);
  }
  return element;
}
