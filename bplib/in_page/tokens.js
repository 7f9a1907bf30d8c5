// From characters to tokens, as `formula/tokens.py` does it; tables and patterns are those of that file.

class FormulaError extends Error {
  /** `position` counts characters from 0. */
  constructor(message, position = 0) {
    super(message);
    this.position = position;
  }
}

const table = (object) => new Map(Object.entries(object));
const [GREEK, SIGNS, SUPERSCRIPTS, SUBSCRIPTS, COMMANDS, FRACTIONS, DIGITS, SCRIPTS] = [
  "GREEK", "SIGNS", "SUPERSCRIPTS", "SUBSCRIPTS", "COMMANDS", "FRACTIONS", "DIGITS", "SCRIPTS"].map(
  (name) => table(TABLES[name]));
const KINDS = Object.keys(TABLES.PATTERNS);
const PATTERN = new RegExp(KINDS.map((kind) => `(?<${kind}>${TABLES.PATTERNS[kind]})`).join("|"), "uy");

/** All tokens of a text, { kind, text, position, glued }, closed by one of kind "end". */
function tokens(text) {
  const found = [];
  let at = 0, position = 0, glued = false;
  while (at < text.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    if (!match) throw new FormulaError(stranger(String.fromCodePoint(text.codePointAt(at))), position);
    const kind = KINDS.find((one) => match.groups[one] !== undefined);
    if (kind !== "space") {
      const token = oneToken(kind, match[0], position, glued);
      if (token.text) found.push(token);
    }
    glued = kind !== "space";
    at += match[0].length;
    position += [...match[0]].length;
    if (found.length > TABLES.MOST_TOKENS)
      throw new FormulaError(`The formula has more than ${TABLES.MOST_TOKENS} parts. Is there a shorter way to write it?`,
                             position);
  }
  return [...found, { kind: "end", text: "the end", position, glued: false }];
}

const SPACES = new RegExp(TABLES.space, "gu");

const translated = (text, letters) => [...text].map((one) => letters.get(one) ?? one).join("");

/** Kind of token → what is read in it: its text, or its kind and its text. */
const READ = {
  command(read) {
    const text = COMMANDS.get(read.slice(1)) ?? read.slice(1);
    return [/^[A-Za-z]+$/.test(text) ? "name" : text === "'" ? "prime" : text, text];
  },
  number(read) {
    const text = translated(read, DIGITS), fraction = FRACTIONS.get(text.at(-1));
    const value = Number(text.slice(0, -1) || 0) + fraction;  // 2½
    return fraction === undefined ? text : Number.isFinite(value) ? plainNumber(value) : String(value);
  },
  name: (read) => (GREEK.get(read[0]) ?? read[0]) + read.slice(1),
  sub: (read) => translated(read, SUBSCRIPTS).replace(/^_+/, "").replace(/^[{}]+|[{}]+$/g, "").replace(SPACES, ""),
  layer: (read) => translated(read, SUPERSCRIPTS).replace(/^[\^{}()[\]]+|[\^{}()[\]]+$/g, ""),
  power: (read) => translated(read, SUPERSCRIPTS),
  transpose: (read) => read,
  prime: (read) => read.includes("prime") ? "'" : "'".repeat(read.length),
  hat: () => ["name", "yhat"],
  sign: (read) => Array(2).fill(SIGNS.get(read) ?? read),
};

function oneToken(matched, read, position, glued) {
  const found = READ[matched](read), [kind, text] = Array.isArray(found) ? found : [matched, found];
  if (kind === "sub" && !text)
    throw new FormulaError("An index is missing after the underscore; write w_jk or w[j,k].", position);
  return { kind, text, position, glued };
}

/** What to say of a character that no formula contains. */
function stranger(character) {
  const [latin] = character.normalize("NFKD");
  if (/^[A-Za-z0-9]$/.test(latin))
    return `${quoted(character)} looks like ${quoted(latin)} but is another character; type ${quoted(latin)} on the keyboard.`;
  for (const [script, letters] of SCRIPTS)
    if (new RegExp(`^[${letters}]`, "u").test(character))
      return `${quoted(character)} is a ${script} letter that this course does not use; type a Latin letter instead.`;
  if (TABLES.MEANINGLESS.includes(character)) return `${quoted(character)} has no meaning in a formula.`;
  const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `The character ${quoted(character)} (U+${code}) cannot be read.`;
}
