// What happens in a step of the walk: in words with numbers, as a formula with numbers, and as a line of code.

/**
 * Kind of a step → what it says.  `number(key)` and `sum(keys)` are numbers in words, `words(key)` names a weight, bias or
 * unit, `named(key)` does so at the beginning of a sentence, and `delta` is the letter of the error term in the text that
 * is chosen; `each(key)` are the numbers of all samples, whose `mean`, or else sum, is that of the batch.
 */
const HAPPENS = {
  "weighted sum": ({ key, at }, { phrase, number, named, bias }) => {
    const all = { unit: named(at), number: number(key) };
    return bias ? phrase("{unit}: what arrives and its bias add up to {number}, its weighted sum.", all) :
      phrase("{unit}: what arrives adds up to {number}, its weighted sum.", all);
  },
  "activation": ({ key, at }, { phrase, number, named }) =>
    phrase("{unit}: of the weighted sum {sum} its activation makes {number}.",
           { unit: named(at), number: number(key), sum: number(at) }),
  "cost": ({ key }, { phrase, number }) =>
    phrase("The cost compares outputs with targets: {number}.", { number: number(key) }),
  "slope of output": ({ key, at }, { phrase, number, named }) =>
    phrase("{unit}: as its output grows, the cost changes at the rate {number}.",
           { unit: named(at), number: number(key) }),
  "error term": ({ key, at }, { phrase, number, named, delta }) =>
    phrase("{unit}: {sum} times the slope of its activation, {slope}, is {delta} = {number}.",
           { unit: named(at), sum: number(key.replace("delta", "da")), slope: number(key.replace("delta", "slope")),
             delta, number: number(key) }),
  "joined error term": ({ key, at }, { phrase, number, named, delta }) =>
    phrase("{unit}: every output of its layer depends on its weighted sum, so the rates of all make up {delta} = {number}.",
           { unit: named(at), delta, number: number(key) }),
  "combined error term": ({ key, at }, { phrase, number, named, delta }) =>
    phrase("{unit}: loss and activation together give {delta} = {number} at once.",
           { unit: named(at), delta, number: number(key) }),
  "arrival": ({ at, terms, moves: [{ from, edge, carries: [error, term] }] },
              { phrase, number, sum, words, delta, complete }) => {
    const comes = phrase("{delta} = {number} comes back from {source}; times the weight {w} it is {term}.",
                         { delta, number: number(error), source: words(from), w: number(edge), term: number(term) });
    const grown = { unit: words(at), sum: sum(terms) };
    return `${comes} ${complete ? phrase("The sum at {unit} is complete: {sum}.", grown) :
      phrase("The sum at {unit} is now {sum}.", grown)}`;
  },
  "slope of weight": ({ key, edge, moves: [error, a] }, { phrase, number, named, delta }) =>
    phrase("{weight}: {delta} = {number} at its end times {a} at its start is its derivative, {slope}.",
           { weight: named(edge), delta, number: number(error.carries[0]), a: number(a.carries[0]), slope: number(key) }),
  "slope of bias": ({ key }, { phrase, number, named, delta }) =>
    phrase("{bias}: its derivative is {delta} of its unit, {number}.",
           { bias: named(key.slice(1)), delta, number: number(key) }),
  "cost of all": ({ key }, { phrase, number, each, mean }) => {
    const all = { terms: added(each(key)), n: each(key).length, number: number(key) };
    return mean ? phrase("The cost of the batch is the mean of those of its samples, ({terms}) / {n} = {number}.", all) :
      phrase("The cost of the batch is the sum of those of its samples, {terms} = {number}.", all);
  },
  "slope of all": ({ key }, { phrase, number, named, each, mean }) => {
    const all = { what: named(key.slice(1)), terms: added(each(key)), n: each(key).length, number: number(key) };
    return mean ? phrase("{what}: its derivative is the mean of those of the samples, ({terms}) / {n} = {number}.", all) :
      phrase("{what}: its derivative is the sum of those of the samples, {terms} = {number}.", all);
  },
};

const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** Terms of a sum; one that is negative has its sign in the place of the plus. */
const added = (terms) => terms.join(" + ").replaceAll(`+ ${MINUS}`, `${MINUS} `);

/** Where a step is told of, with room for the longest of all. */
function stepDisplay() {
  const text = h("p", {}), formula = h("div", {}), code = h("code", { dir: "ltr" });
  const room = () => h("div", { class: "bplib-walk-room", "aria-hidden": "true" });
  let drawn = null;
  const rooms = { text: room(), formula: room(), code: room() };
  const part = (name, shown) => h("div", { class: `bplib-walk-${name}` }, rooms[name], shown);
  const element = h("div", { class: "bplib-walk-step" }, part("text", text), part("code", code), part("formula", formula));
  return {
    element,
    /** Keep room for these sentences, lines of formulas and lines of code, so that nothing jumps from step to step. */
    reserve({ sentences, lines, codes }) {
      const longest = (texts) => texts.reduce((one, other) => (other.length > one.length ? other : one), "");
      rooms.text.textContent = longest(sentences);
      rooms.code.replaceChildren(h("code", { dir: "ltr" }, longest(codes)));
      rooms.formula.replaceChildren(...lines);
      for (const number of rooms.formula.querySelectorAll("[data-number]")) {
        number.textContent = number.dataset.first === undefined ? "(−0.0000)" : "−0.0000";
        number.removeAttribute("data-number");
      }
    },
    /**
     * `aloud` says whether a screen reader reads the sentence; `line` makes the formula, which `name` tells from others, or
     * is null; `terms` says how many terms of a sum have arrived, or is null where none travels alone.
     */
    draw({ sentence, aloud, codeLine, name, line, terms }) {
      set(text, { "aria-live": aloud ? "polite" : "off" });
      renew(text, "textContent", sentence);
      renew(code, "textContent", codeLine);
      if (drawn !== name) formula.replaceChildren(...(line ? [line()] : []));
      drawn = name;
      formula.querySelectorAll(".bplib-walk-term").forEach((term, n) => {
        set(term, { "data-term": terms !== null && (n < terms ? (n === terms - 1 ? "new" : "there") : "later") });
      });
    },
  };
}

/** A line whose right side goes on below itself with a whole term. */
function termByTerm(line) {
  const right = line.querySelector(".bplib-network-right"), terms = [[]];
  for (const part of right.children) {
    if (part.textContent.startsWith("+")) terms.push([]);
    terms.at(-1).push(part);
  }
  right.replaceChildren(...terms.map((parts) => h("span", { class: "bplib-walk-term" }, ...parts)));
  return line;
}
