// Texts in the language of a page, as `languages/texts.py` tells them: each is found by the template that it was made from.

/** told(text): a finished English text in a language; what is in no table stays as it is. */
function teller({ digits, around, exact, templates }) {
  const known = new Map(Object.entries(exact)), filled = (text) => around.join(text);
  const patterns = templates.map(([pattern, said]) => [new RegExp(`^${pattern}$`, "su"), said]);
  const separators = TABLES.SEPARATORS.map((separator) => new RegExp(`(${separator})`, "u"));

  function told(text) {
    const key = keyOf(text);
    if (!key) return text;
    if (known.has(key)) return known.get(key);
    for (const separator of separators) {
      const parts = text.split(separator);
      if (parts.length > 1) return parts.map((part, at) => at % 2 ? part : told(part)).join("");
    }
    for (const [pattern, said] of patterns) {
      const match = pattern.exec(key);
      if (match) return said.replace(/\{(\w+)\}/g, (_, name) => inPlace(name, match.groups[name]));
    }
    return text;
  }

  function inPlace(name, text) {
    if (TABLES.COUNTED.includes(name)) return text.replace(/\d/g, (digit) => digits[digit]);
    const found = told(text);
    return found === text ? filled(text) : found;
  }

  return told;
}

/** A text as it is looked up: its lines may break anywhere, and a sentence may begin in the middle of another one. */
function keyOf(text) {
  return text.replace(/[ \n]+/g, " ").replace(/^ | $/g, "").replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/** The same in the language of this page. */
const spoken = teller(TABLES.TEXTS);
