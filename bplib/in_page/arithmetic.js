// The arithmetic of formulas, read by recursive descent, as `formula/arithmetic.py` does it.  Nothing is ever evaluated.

const UNEXPECTED = table(TABLES.UNEXPECTED), STARTS = new Set(TABLES.STARTS), CONDITIONS = new Set(TABLES.CONDITIONS);
const [OPENING, CLOSING] = [new Set("({"), new Map([["(", ")"], ["{", "}"]])];

/** A parser of one text.  A subclass has `named()`, `side()`, `toThe(base, exponent, token)`. */
class Arithmetic {
  constructor(text) {
    this.characters = [...text];
    this.tokens = tokens(text);
    this.at = this.depth = 0;
  }

  // reading

  get next() { return this.tokens[this.at]; }

  look(ahead) { return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]; }

  take() { return this.tokens[this.at++]; }

  /** Take the next token where it is of one of these kinds. */
  skip(...kinds) { return kinds.includes(this.next.kind) ? this.take() : null; }

  expect(kind, after) {
    if (this.next.kind !== kind) this.fail(`${quoted(kind)} is expected to close ${after}; read: ${this.shown()}.`);
    return this.take();
  }

  slice(from, to) { return this.characters.slice(from, to).join(""); }

  shown() {
    return this.next.kind === "end" ? "the end" : quoted(stripped(this.slice(this.next.position, this.next.position + 12)));
  }

  fail(message, token = this.next) {
    throw new FormulaError(`At character ${token.position + 1}: ${message}`, token.position);
  }

  unexpected() {
    return UNEXPECTED.get(this.next.kind) ?? `A name, a number or a bracket is expected; read: ${this.shown()}.`;
  }

  // arithmetic

  expression() { return this.deeper(() => this.terms()); }

  terms() {
    let tree = this.skip("-") ? negative(this.term()) : this.term(), sign;
    while ((sign = this.skip("+", "-"))) tree = binary(sign.kind, tree, this.term());
    return tree;
  }

  /** What `read` reads, where that may have the same within it, and again. */
  deeper(read) {
    if (++this.depth > TABLES.DEEPEST)
      this.fail(`The formula has more than ${TABLES.DEEPEST} brackets, sums or functions inside one another.`);
    const found = read();
    this.depth--;
    return found;
  }

  term() {
    let tree = this.factor();
    for (;;) {
      const sign = this.skip("*", "/");
      if (!sign && !STARTS.has(this.next.kind)) return tree;
      const start = this.next, right = this.factor();
      if (sign?.kind === "/") this.refuseTwoReadings(start);
      tree = binary(sign?.kind ?? "*", tree, right);
    }
  }

  /** 1/2N: is N below the line?  A number before a bracket, 1/2(a - y), has one usual reading. */
  refuseTwoReadings(start) {
    const after = this.next, before = this.tokens[this.at - 1];
    const aNumber = start.kind === "number" || ["N", "n", "m"].includes(start.text);
    if (!after.glued || OPENING.has(start.kind) || before.kind === ")" || before.kind === "}") return;
    if (!["name", "("].includes(after.kind) || after.kind === "(" && aNumber) return;
    const low = this.slice(start.position, after.position);
    this.fail(`This can be read in two ways. Write (…/${low})*… or …/(${low}*…).`, start);
  }

  factor() {
    let minus = false, sign;
    while ((sign = this.skip("+", "-"))) minus = minus !== (sign.kind === "-");
    const tree = this.power();
    return minus ? negative(tree) : tree;
  }

  power() {
    const base = this.primary();
    let token;
    if ((token = this.skip("power"))) return this.toThe(base, number(Number(token.text)), token);
    if ((token = this.skip("^"))) return this.toThe(base, this.exponent(), token);
    return base;
  }

  exponent() {
    const sign = this.skip("-", "+"), tree = this.primary();
    return sign?.kind === "-" ? negative(tree) : tree;
  }

  primary() {
    const { kind } = this.next;
    if (kind === "number") return this.number();
    if (OPENING.has(kind)) return this.bracket();
    if (kind === "[") return this.condition();
    if (kind === "name") return this.named();
    return this.fail(this.unexpected());
  }

  number() {
    const token = this.take();
    if (token.text.length > 20) this.fail("A number has 20 characters at most.", token);
    return number(Number(token.text));
  }

  bracket() {
    const opened = this.take().kind;
    let tree = this.expression();
    if (CONDITIONS.has(this.next.kind)) tree = binary(this.take().kind, tree, this.expression());  // (z > 0), as programs have it
    this.expect(CLOSING.get(opened), "the bracket");
    return tree;
  }

  /** [z > 0]: 1 where it holds, 0 elsewhere. */
  condition() {
    this.take();
    const left = this.side();
    if (!CONDITIONS.has(this.next.kind))
      this.fail(`Square brackets hold a condition such as [z > 0]; read: ${this.shown()}.`);
    const tree = binary(this.take().kind, left, this.side());
    this.expect("]", "the condition");
    return tree;
  }

  /** Whether the bracket that comes next holds a condition and no indices. */
  startsCondition() {
    for (let ahead = 1; !["]", "end"].includes(this.look(ahead).kind); ahead++)
      if (CONDITIONS.has(this.look(ahead).kind)) return true;
    return false;
  }
}
