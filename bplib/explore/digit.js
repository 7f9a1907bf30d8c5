// The view of a digit that is drawn.  All values come from the generated function pass({W1, b1, …, x, y}).

const SURE = 0.99, NEARLY = 0.9, TINY_STEP = 1e-4, KEPT_PICTURES = 200;

/** What to try, and when it is done: with the state, what is read and how surely, and what the picture came from. */
const TRIES = [
  ["press Run: the picture moves against its gradient. Which pixels change until it is read as the target?",
   ({ state, reads, steps }) => steps > 0 && reads === state.target],
  ["press Clear and draw a 3. Which pixels would make it an 8?",
   ({ state, reads, steps, origin }) => origin === "hand" && !steps && reads === 3 && state.target === 8],
  ["press Clear, then Run: what does the network take for the target? Would you?",
   ({ state, reads, sure, steps, origin }) =>
     origin === "empty" && steps > 0 && reads === state.target && sure > NEARLY],
  ["press Misread and choose as target what the image is. Which pixels would have to change?",
   ({ state, reads, label }) => label !== null && reads !== label && state.target === label],
];

function digitView(model, view, { pass }) {
  const facts = model.get("facts"), names = ["weights", "x", "target", "eta"], { phrase } = view;
  const traits = synchronised(model, names, view.guarded(heard)), { state } = traits;
  const images = facts.images.map((row) => [...row].map((sixteenths) => parseInt(sixteenths, 17) / 16));
  const targets = Array.from({ length: facts.classes }, (_, n) =>
    Array.from({ length: facts.classes }, (_, at) => Number(at === n)));
  let past = [], begun = { origin: "example", label: null, steps: 0 }, turn = { example: 0, misread: 0 };

  // elements

  const change = view.guarded(propose);
  const field = drawingField(facts.shape, phrase, { begins: view.guarded(beginsLine), draws: view.guarded(drawsLine) });
  const outputs = outputBars(facts.classes, phrase("outputs; the choice is the target"),
                             view.guarded((target) => accept({ target })));
  const wanted = signedPicture(facts.shape), units = unitTiles(facts.shape, wanted.below, phrase);
  const eta = slider("eta", "η", facts.numbers.eta, change, phrase);
  const todo = tries(view, TRIES.map(([text, done]) => [phrase(text), done]));
  const run = runner(view, phrase("Step until the network is sure of the target"), step, 200, 100);
  const press = (work) => view.guarded(() => { run.stop(); work(); });
  const undo = button(phrase("Undo"), phrase("Take back the last line, the last steps, or Clear"), press(back));
  const reading = h("p", { class: "bplib-digit-reading" });
  const heading = h("p", {}), formula = h("div", { class: "bplib-formula" });
  formula.innerHTML = facts.formula;
  const key = (kind, sign, text) => h("span", { class: `bplib-digit-key-${kind}` }, h("b", {}, sign), ` ${text} `);
  view.root.append(
    todo.element,
    h("div", { class: "bplib-columns bplib-digit-columns" },
      h("div", { class: "bplib-controls" }, h("p", {}, phrase("Draw here")), field.element,
        h("div", { class: "bplib-buttons" },
          button(phrase("Clear"), phrase("An empty field"), press(() => begin(state.x.map(() => 0), "empty"))), undo,
          button(phrase("Example"), phrase("The next test image"), press(() => example("example"))),
          button(phrase("Misread"), phrase("The next test image that the network reads wrong"),
                 press(() => example("misread")))),
        h("p", { class: "bplib-hint" }, phrase("With mouse, finger, or arrow keys and space."), " ",
          phrase("Fill the field from top to bottom: so do the digits that it learned from."))),
      h("div", { class: "bplib-controls" }, reading, outputs.element, eta.element,
        h("div", { class: "bplib-buttons" }, run.element,
          button(phrase("Step"), phrase("{formula}, kept from 0 to 1", { formula: "x ← x − η ∂C/∂x" }), press(step))),
        view.message),
      h("div", { class: "bplib-controls" }, heading, wanted.element,
        h("p", { class: "bplib-hint bplib-digit-key" }, key("plus", "+", phrase("more ink")),
          key("minus", MINUS, phrase("less ink")), h("span", {}, phrase("pale: already full, or empty"))),
        formula)),
    h("p", { class: "bplib-hint bplib-digit-about" }, phrase(
      "What each unit of layer 1 looks for: the signs of its weights, over the digit; and its output")),
    units.element, view.spoken);

  // values

  function values(x = [state.x], target = x.map(() => state.target)) {
    return pass({ ...state.weights, x, y: target.map((n) => targets[n]) });
  }

  const output = (found) => found[`a${facts.layers}`];
  const largest = (row) => row.indexOf(Math.max(...row));

  // changes: by hand, by a step, from Python

  function accept(changes) {
    traits.accept(changes);
    draw();
  }

  /** Keep the picture for Undo; steps in a row count as one. */
  function remember(kind) {
    if (kind !== "steps" || past.at(-1)?.kind !== "steps") past.push({ kind, x: state.x, begun });
    if (past.length > KEPT_PICTURES) past.shift();
  }

  /** A picture that has nothing to do with the one before. */
  function begin(x, origin, label = null) {
    remember(origin);
    view.tell("");
    begun = { origin, label, steps: 0 };
    accept({ x });
  }

  function beginsLine() {
    run.stop();
    view.tell("");
    remember("line");
    const alone = ["empty", "hand"].includes(begun.origin) && !begun.steps;
    begun = { origin: alone ? "hand" : "changed", label: null, steps: 0 };
  }

  function drawsLine(x) {
    accept({ x });
  }

  function back() {
    const last = past.pop();
    view.tell("");
    begun = last.begun;
    accept({ x: last.x });
  }

  function example(kind) {
    const read = kind === "misread" ? output(values(images, facts.labels)).map(largest) : [];
    const offered = images.map((_, n) => n).filter((n) => kind === "example" || read[n] !== facts.labels[n]);
    if (!offered.length) return view.tell(phrase("The network reads all {n} test images right.", { n: images.length }));
    const n = offered[turn[kind] % offered.length], label = facts.labels[n], digit = String(label);
    turn[kind] += 1;
    begin(images[n], "example", label);
    view.tell(kind === "example" ? phrase("A test image: it is a {digit}.", { digit }) :
      phrase("It is a {digit}. Of the {all} test images the network reads {n} wrong.",
             { digit, all: images.length, n: offered.length }));
  }

  function propose(name, entered) {
    const number = typed(entered), { label, expected } = facts.numbers.eta;
    if (!fits(facts.numbers.eta, number)) {
      draw();
      return view.tell(phrase("η is the {label}: {expected}; given: {given}.",
                              { label, expected, given: entered || phrase("nothing") }), "error");
    }
    view.tell("");
    accept({ eta: number });
  }

  function heard(changed) {
    if (changed.includes("x")) {
      run.stop();
      [past, begun] = [[], { origin: "Python", label: null, steps: 0 }];
    }
    draw();
  }

  /** One step of gradient descent on the picture; false where it is the last. */
  function step() {
    const { C: before, dx: [slope] } = values();
    const x = state.x.map((share, n) => Math.max(0, Math.min(1, share - state.eta * slope[n])));
    const moved = Math.hypot(...x.map((share, n) => share - state.x[n]));
    remember("steps");
    begun = { ...begun, steps: begun.steps + 1 };
    accept({ x });
    const { steps } = begun, { C: after, ...found } = values(), sure = output(found)[0][state.target];
    const change = { n: steps, before: brief(before), after: brief(after) }, digit = String(state.target);
    if (sure >= SURE) view.tell(phrase("After {n} steps the network reads {digit}, with {sure}. Do you?",
                                       { n: steps, digit, sure: brief(sure) }));
    else if (state.eta === 0) view.tell(phrase("η is 0: a step moves nothing."));
    else if (moved < TINY_STEP) view.tell(phrase("The step is tiny ({size}): the slope is almost 0 here.",
                                                 { size: brief(moved) }));
    else if (after > before)
      view.tell(phrase("The step overshoots: C rose from {before} to {after}.", change), "warning");
    else view.tell(phrase("Step {n}: C went from {before} to {after}.", change));
    return moved >= TINY_STEP && sure < SURE;
  }

  // drawing

  function draw() {
    const found = values(), [shares] = output(found), reads = largest(shares), sure = shares[reads], { target } = state;
    const wish = found.dx[0].map((slope) => -slope), most = Math.max(...wish.map(Math.abs));
    field.draw(state.x);
    eta.show(state.eta);
    outputs.draw(shares, reads, target);
    units.draw(state.weights.W1, found.a1[0]);
    renew(undo, "disabled", !past.length);
    reading.replaceChildren(phrase("It reads"), " ", h("strong", { "data-value": "reads" }, String(reads)),
      h("span", {}, phrase("cost"), " ", h("var", {}, "C"), " ",
        h("span", { class: "bplib-value", "data-value": "C" }, show(found.C))));
    heading.textContent = phrase("To make it read {digit}: {formula}", { digit: String(target), formula: "−∂C/∂x" });
    wanted.draw(wish, most, wishes(wish), state.x);
    todo.seen({ state, reads, sure, ...begun });
    view.say(() => field.spoken() + phrase(
      "The network reads {reads}, with {sure}. For the target {target} the cost C is {cost}.",
      { reads: String(reads), target: String(target), sure: brief(sure), cost: brief(found.C) }));
  }

  /** The gradient in words: where more ink is wanted most, and where less. */
  function wishes(wish) {
    const [more, less] = [largest(wish), largest(wish.map((one) => -one))].map((n) => (
      { row: Math.floor(n / facts.shape[1]) + 1, column: n % facts.shape[1] + 1 }));
    return phrase("More ink helps most in row {row}, column {column}; less ink in row {row2}, column {column2}.",
                  { ...more, row2: less.row, column2: less.column });
  }

  draw();
  return () => { run.stop(); traits.close(); };
}

export default explorer("Digit explorer", digitView);
