// The view of a derivation, step by step.  Formulas come as MathML, with the parts that change marked in them.

const NO_ANSWER = 4000;

/** What to try, and when it is done: by the step that is shown, whether it says why, and where a button above has led. */
const TRIES = [
  ["press Next, and say each time which rule comes before you look. Go on to step 4.", ({ at }) => at >= 4],
  ["press Why? Which steps does this one use?", ({ open }) => open],
  ["go to the derivative that you find hardest, with a button above. Is there a step in it that surprises you?",
   ({ jumped }) => jumped],
];

function stepperView(model, view) {
  const traits = synchronised(model, ["step", "notation", "facts"], view.guarded((changed) => {
    if (changed.includes("facts")) newFormulas();
    draw();
  }));
  const { state } = traits;
  const steps = () => state.facts.steps;
  let waiting = null, open = false, jumped = false;

  // elements

  const go = view.guarded((to, text) => {
    if (!(Number.isInteger(to) && to >= 1 && to <= steps().length)) {
      view.tell(`step is the number of a step, a whole number from 1 to ${steps().length}; ` +
                `given: ${text || "nothing"}.`, "error");
      return draw();
    }
    view.tell("");
    traits.accept({ step: to });
    draw();
  });
  const number = slider("step", "", state.facts.numbers.step, (name, text) => go(typed(text), text));
  const back = button("Back", "The step before", () => go(state.step - 1));
  const next = button("Next", "The next step", () => go(state.step + 1));
  const notation = menu("notation", "letters of", Object.keys(state.facts.notations), view.guarded(askForNotation));
  for (const option of notation.element.querySelectorAll("option"))
    option.textContent = state.facts.notations[option.value];
  const parts = h("div", { class: "bplib-stepper-parts", role: "group", "aria-label": "parts of the derivation" });
  const heading = h("h3", { class: "bplib-stepper-heading" });
  const from = h("div", { class: "bplib-stepper-label" });
  const before = formulaBox("before"), after = formulaBox("after");
  const sentence = h("p", { class: "bplib-stepper-sentence" });
  const check = h("span", { class: "bplib-stepper-check" });
  const why = button("Why?", "The rule, and the steps that this one uses", view.guarded(() => { open = !open; draw(); }));
  const rule = h("p", { class: "bplib-stepper-rule" });
  const uses = h("p", { class: "bplib-stepper-uses" });
  const todo = tries(view, TRIES);
  view.root.append(
    todo.element, h("div", { class: "bplib-menus" }, notation.element), parts,
    h("div", { class: "bplib-stepper-moves" }, back, next, number.element), heading,
    from, before, h("div", { class: "bplib-stepper-label" }, "This step"), after, sentence,
    h("div", { class: "bplib-stepper-moves" }, why, check),
    h("div", { class: "bplib-stepper-why" }, rule, uses), view.message, view.spoken);

  // notation: its formulas come from Python

  function askForNotation(name, value) {
    view.tell("Python writes the formulas in the other letters …");
    waiting = setTimeout(() => {
      view.tell("There is no answer from Python: other letters need a running kernel.", "error");
    }, NO_ANSWER);
    traits.accept({ notation: value });
  }

  function newFormulas() {
    clearTimeout(waiting);
    view.tell("");
    drawParts();
  }

  // drawing

  function drawParts() {
    parts.replaceChildren(...state.facts.parts.map(([first, entry]) => {
      const jump = button("", `Step ${first}`, () => { jumped = true; go(first); });
      jump.innerHTML = entry;
      jump.dataset.first = first;
      return jump;
    }));
  }

  function draw() {
    const at = state.step, now = steps()[at - 1];
    number.show(at);
    notation.show(state.notation, () => null);
    back.disabled = at === 1;
    next.disabled = at === steps().length;
    const firsts = state.facts.parts.map(([first]) => first).filter((first) => first <= at);
    for (const jump of parts.children)
      set(jump, { "aria-current": Number(jump.dataset.first) === Math.max(...firsts) && "step" });
    heading.textContent = `Step ${at} of ${steps().length}: ${now.rule}`;
    from.textContent = now.before ? now.from : "The way of the change";
    before.innerHTML = now.before || now.path.join("&ensp;→&ensp;");
    after.innerHTML = now.after;
    sentence.textContent = now.sentence;
    check.textContent = `✓ checked with random numbers: the two sides differ by ${brief(now.error)} of their size`;
    why.setAttribute("aria-expanded", open);
    rule.textContent = open ? now.why : "";
    uses.replaceChildren(...(open && now.uses.length ? ["It uses ", ...now.uses.flatMap((step) => [
      button(`step ${step}`, "Go to that step", () => go(step)), " "])] : []));
    for (const box of [before, after])
      set(box, { tabindex: box.scrollWidth > box.clientWidth && "0" });
    todo.seen({ at, open, jumped });
    jumped = false;
    view.say(() => `Step ${at} of ${steps().length}, ${now.rule}. ${now.sentence}`);
  }

  drawParts();
  draw();
  const ended = whenResized(view.root, view.guarded(draw));
  return () => {
    clearTimeout(waiting);
    traits.close();
    ended();
  };
}

/** Room for one formula, which scrolls where it is wider than the page. */
function formulaBox(name) {
  return h("div", { class: "bplib-stepper-formula", "data-formula": name, role: "group",
                    "aria-label": `formula ${name} the step` });
}

export default explorer("Derivation explorer", stepperView);
