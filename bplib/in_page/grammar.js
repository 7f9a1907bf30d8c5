// From the text of a formula to its tree, as `coursework/grammar.py` does it.

const WRAPPING = new RegExp(TABLES.WRAPPING, "gu"), LEFT_SIDE = new RegExp(`^(?:${TABLES.LEFT_SIDE})$`, "u");
const LETTER = new RegExp(`[${TABLES.LETTER}_]`, "u"), LONELY = /(?<![<>!=])=(?!=)/y;
const ABOUT = table(TABLES.ABOUT), CONSTANTS = new Map([["e", Math.E], ["pi", Math.PI]]);
const DIFFERENTIABLE = new Set(TABLES.DIFFERENTIABLE);

/** The tree of a formula; FormulaError with the position where it cannot be read. */
function parse(text, vocabulary) {
  return new Parser(formulaAlone(short(text)), vocabulary).run();
}

/** A text that is not too long to be read. */
function short(text) {
  const { length } = [...text];
  if (length <= TABLES.LONGEST) return text;
  const all = (count) => count.toLocaleString("en-US");
  throw new FormulaError(`The formula has ${all(length)} characters; up to ${all(TABLES.LONGEST)} are read. `
                         + "No answer of this course needs more than 200.");
}

const blank = (text) => " ".repeat([...text].length);

/** The text with what only surrounds a formula made blank: quotation marks, $ signs, a full stop at the end, and `=` or `∂C/∂w =`. */
function formulaAlone(text) {
  text = text.replace(WRAPPING, blank);
  const equals = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    depth += "([{".includes(text[at]) - ")]}".includes(text[at]);
    LONELY.lastIndex = at;
    if (depth === 0 && LONELY.test(text)) equals.push(at);
  }
  if (equals.length !== 1) return text;
  const left = text.slice(0, equals[0]);
  const named = !stripped(left) || LEFT_SIDE.test(left) && LETTER.test(left) && !/sum|[-−]/.test(left);
  return named ? blank(left) + " " + text.slice(equals[0] + 1) : text;
}

const isDigits = (text) => /^[0-9]+$/.test(text);
const isLetter = (text) => /^[A-Za-z]$/.test(text);

class Parser extends Arithmetic {
  constructor(text, vocabulary) {
    super(text);
    this.vocabulary = vocabulary;
    this.letters = new Set();
  }

  run() {
    if (this.next.kind === "end") this.fail("There is no formula yet.");
    const tree = this.expression();
    if (this.next.kind !== "end") this.fail(this.unexpected());
    return tree;
  }

  unexpected() {
    if (CONDITIONS.has(this.next.kind))
      return "Type the right-hand side alone, without the name of what is asked for and without '='.";
    if (this.next.kind === "∂") return "Give the value of the derivative, not its name.";
    return super.unexpected();
  }

  toThe(base, exponent, token) {
    if (base.kind === "number" && base.value === Math.E) return call("exp", exponent);
    const value = constant(exponent);
    if (value === null) this.fail("An exponent is a number, unless the base is e.", token);
    if (!(Math.abs(value) <= TABLES.LARGEST_POWER)) this.fail(`A power can be ${TABLES.LARGEST_POWER} at most.`, token);
    return binary("^", base, number(value));
  }

  /** \frac{above}{below} */
  fraction(token) {
    const part = () => this.deeper(() => this.partOfFraction(token)), above = part();
    return binary("/", above, part());
  }

  /** What stands in braces or, as in \frac1N and \frac12, one sign. */
  partOfFraction(token) {
    if (this.next.kind === "{") return this.bracket();
    if (this.next.kind === "number" && isDigits(this.next.text)) {
      const [digit, rest] = [this.next.text[0], this.next.text.slice(1)];
      if (rest) this.tokens[this.at] = { ...this.next, text: rest, position: this.next.position + 1 };
      else this.take();
      return number(Number(digit));
    }
    if (this.next.kind === "name") return this.named();
    return this.fail("\\frac is followed by what stands above and below the line, each in braces.", token);
  }

  /** One side of a condition; a letter that is no name is an index. */
  side() {
    const { kind, text } = this.next, after = this.look(1).kind;
    if (kind !== "name" || !this.isIndex(text) || !(CONDITIONS.has(after) || after === "]")) return this.expression();
    this.take();
    return index(text);
  }

  // names

  named() {
    const token = this.take();
    if (token.text === "sum") return this.sum(token);
    if (token.text === "frac") return this.fraction(token);
    if (CONSTANTS.has(token.text) && !this.vocabulary.find(token.text)) return number(CONSTANTS.get(token.text));
    const found = this.longestName(token);
    if (found === null) return this.unknown(token);
    if (isName(found)) return this.entry(found, token);
    return found === KRONECKER ? this.kronecker(token) : this.call(found, token);
  }

  /** What a name means, with as much of its layer and its subscripts as belongs to the name itself; null for none. */
  longestName(token) {
    const base = token.text + this.layer(), subscripts = [];
    while (this.look(subscripts.length).kind === "sub") subscripts.push(this.look(subscripts.length).text);
    for (let count = subscripts.length; count >= 0; count--) {
      let found = this.meaning([base, ...subscripts.slice(0, count)].join("_")), taken = count;
      if (!found && count === subscripts.length && this.look(count).kind === "layer") {
        found = this.vocabulary.find(base + this.look(count).text);  // a_j^(1)
        if (found) {
          this.tokens.splice(this.at + count, 1);
          taken = 0;
        }
      }
      if (found) {
        this.at += taken;
        return found;
      }
    }
    return null;
  }

  /** What a name means; w_{h,m} is w_hm and w_h_m. */
  meaning(typed) {
    const spellings = typed.includes(",") ? [typed, typed.replaceAll(",", ""), typed.replaceAll(",", "_")] : [typed];
    for (const one of spellings) {
      const found = this.vocabulary.find(one);
      if (found) return found;
    }
    return undefined;
  }

  /** The number of a layer written above a name: a^(1), a⁽¹⁾, and before a subscript also a²_j. */
  layer() {
    if (this.next.kind === "layer") return this.take().text;
    if (this.next.kind === "power" && this.look(1).kind === "sub") return this.take().text;
    if (this.next.kind !== "^" || this.look(1).kind !== "number" || this.look(2).kind !== "sub") return "";
    this.at += 2;
    return this.tokens[this.at - 1].text;
  }

  /** Letters side by side that are names each, such as wx; otherwise nothing that is known. */
  unknown(token) {
    const { text } = token;
    if (text.length + this.tokens.length > TABLES.MOST_TOKENS)
      this.fail(`The formula has more than ${TABLES.MOST_TOKENS} parts. Is there a shorter way to write it?`, token);
    if (ABOUT.has(text)) this.fail(ABOUT.get(text), token);
    const split = [...text].map((letter) => this.vocabulary.find(letter)), last = split.at(-1);
    const applied = ["prime", "("].includes(this.next.kind);  // ag'(z) is a times g'(z)
    if (split.length > 1 && split.slice(0, -1).every(isName) && (isName(last) || applied && typeof last === "string")) {
      const letters = [...text].map((letter, n) => ({ kind: "name", text: letter, position: token.position + n, glued: true }));
      this.tokens.splice(this.at - 1, 1, ...letters);
      this.at -= 1;
      return this.power();
    }
    const { names } = this.vocabulary;
    const known = names.length ? `Known here: ${names.join(", ")}.` : "Type a number; no name stands for one here.";
    const hint = this.vocabulary.alike(text) || `${this.vocabulary.hint(text)} ${known}`;
    return this.fail(`${quoted([...this.withSubscripts(token)].slice(0, 30).join(""))} is not a name of this exercise.${hint}`, token);
  }

  /** A name as it is written, with the subscripts that come next. */
  withSubscripts(token) {
    let at = 0;
    while (this.look(at).kind === "sub") at += 1;
    return stripped(this.slice(token.position, this.look(at).position)) || token.text;
  }

  entry(name, token) {
    const typed = () => stripped(this.slice(token.position, this.next.position)), written = typed() || token.text;
    if (this.next.kind === "prime")
      this.fail(`A prime marks the derivative of a function such as g; ${written} is a quantity.`, token);
    const indices = [];
    while (this.next.kind === "sub") indices.push(...this.subscripts(this.take(), name.rank - indices.length));
    while (this.next.kind === "[" && indices.length < name.rank && !this.startsCondition()) indices.push(...this.inBrackets());
    if (this.next.kind === "transpose" || this.next.kind === "^" && ["T", "top"].includes(this.look(1).text))
      this.fail(TABLES.UNEXPECTED.transpose);
    const full = fullIndices(name, indices);
    if (!full) this.fail(wanted(name, written, indices) + this.vocabulary.hint(typed()), token);
    return entry(name.array, full);
  }

  /** jk, j,k, 21, or 12 where one index is wanted. */
  subscripts(token, expected) {
    const { text } = token;
    const parts = text.includes(",") ? text.split(",") : isDigits(text) && expected === 1 ? [text] : [...text];
    return parts.map((part) => this.index(part, token));
  }

  inBrackets() {
    this.take();
    const one = () => this.index(this.next.text, this.take()), found = [one()];
    while (this.skip(",")) found.push(one());
    this.expect("]", "the indices");
    return found;
  }

  isIndex(text) { return isLetter(text) && !isName(this.vocabulary.find(text)); }

  index(text, token) {
    if (isDigits(text) && text.length < 4) {
      if (Number(text) === 0) this.fail("Units are counted from 1.", token);
      return Number(text);
    }
    if (!isLetter(text)) {
      const read = quoted([...text].slice(0, 20).join(""));
      this.fail(`An index is one letter or a number counted from 1, as in w[j,k]; read: ${read}.`, token);
    }
    this.letters.add(text);
    if (this.letters.size > TABLES.MOST_INDICES)
      this.fail(`More than ${TABLES.MOST_INDICES} different indices are too many.`, token);
    return text;
  }

  // functions and sums

  call(name, token) {
    let primes = this.skip("prime")?.text ?? "";
    if (this.next.kind === "sub" && this.next.text === "prime") {
      this.take();
      primes = "'";
    }
    const power = this.powerOfFunction(), shown = token.text + (primes && "'");
    if (!OPENING.has(this.next.kind) && !this.isArgument())
      this.fail(`${shown} of what? Write ${shown}(z), with what it is applied to in brackets.`, token);
    if (primes && (primes.length > 1 || !DIFFERENTIABLE.has(name)))
      this.fail(`There is no ${token.text}${primes} here: one prime, on an activation.`, token);
    const applied = call(name + (primes && "'"), OPENING.has(this.next.kind) ? this.bracket() : this.named());
    return power === null ? applied : this.toThe(applied, power, token);
  }

  /** The 2 of tanh²(z) and tanh^2 z; null where there is none. */
  powerOfFunction() {
    if (this.next.kind === "power") return number(Number(this.take().text));
    if (this.next.kind !== "^" || this.look(1).kind !== "number") return null;
    this.take();
    return number(Number(this.take().text));
  }

  /** Whether a quantity comes next to which a function is applied without brackets: tanh z_j. */
  isArgument() { return this.next.kind === "name" && isName(this.vocabulary.find(this.next.text)); }

  /** delta_ij where no error term is in play: 1 where the indices are equal. */
  kronecker(token) {
    const indices = [];
    while (this.next.kind === "sub") indices.push(...this.subscripts(this.take(), 2));
    if (this.next.kind === "[" && !indices.length) indices.push(...this.inBrackets());
    if (indices.length !== 2)
      this.fail("There is no error term here that could be used. The Kronecker delta has two indices: [i = j].", token);
    return binary("=", ...indices.map((at) => typeof at === "number" ? number(at) : index(at)));
  }

  sum(token) {
    const letters = this.sumIndices(token);
    const alone = OPENING.has(this.next.kind) && letters.some((letter) => this.vocabulary.free.includes(letter));
    let body = this.deeper(() => alone ? this.power() : this.term());
    for (const letter of letters.reverse()) {
      if (!hasIndex(body, letter) && letter !== "s")
        this.fail(`The sum runs over ${letter}, but nothing that is summed has the index ${letter}.`, token);
      body = sum(letter, body);
    }
    return body;
  }

  /** The letters that a sum runs over: sum_k, sum_{k=1}^n, sum_jk, sum_s,j. */
  sumIndices(token) {
    if (this.next.kind !== "sub")
      this.fail("Over which index is the sum? Write its letter below the sign: sum_k p[k]*q[k].", token);
    const sub = this.take();
    const letters = [...sub.text.split("=")[0].replaceAll(",", "")].map((part) => this.index(part, sub));
    if (!letters.length || letters.some((at) => typeof at === "number") || new Set(letters).size < letters.length)
      this.fail("A sum runs over letters, each once: sum_k or sum_jk.", sub);
    if (this.skip("=")) this.skip("number");  // sum_k=1^n
    if (this.next.kind === "power") this.take();
    else if (this.skip("^")) this.upperEnd();
    return letters;
  }

  /** How far the sum runs is known from the arrays; what is written is read and left aside. */
  upperEnd() {
    if (OPENING.has(this.next.kind)) this.bracketOfAnything();
    else if (["name", "number"].includes(this.next.kind)) {
      this.take();
      this.skip("sub");
    } else this.fail(this.unexpected());
  }

  bracketOfAnything() {
    while (!["}", ")"].includes(this.take().kind))
      if (this.next.kind === "end") this.fail("The upper end of the sum is not closed.");
  }
}

/** The value of a number, −number or quotient of numbers; null for anything else. */
function constant(tree) {
  if (tree.kind === "number") return tree.value;
  if (tree.kind === "negative") {
    const value = constant(tree.of);
    return value === null ? null : -value;
  }
  if (tree.kind !== "binary" || tree.operator !== "/") return null;
  const above = constant(tree.left), below = constant(tree.right);
  return above !== null && below !== null && below !== 0 ? above / below : null;
}

function wanted(name, written, indices) {
  const least = fewest(name), letters = [..."jk"].slice(0, least);
  const example = letters.length ? `${written}[${letters.join(",")}]` : written;
  const count = ["no index", "one index", "two indices"][least];
  const given = indices.join(", ") || "none";
  return `${[...written].slice(0, 30).join("")} means: ${name.meaning}. It has ${count}, as in ${example}; given: ${given}.`;
}
