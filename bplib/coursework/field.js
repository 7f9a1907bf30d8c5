// The field for an answer.  Python reads the formula while it is typed, and judges it when it is asked to.

const PAUSE = 100, NO_ANSWER = 5000;

function fieldView(model, view) {
  const { id, title, variable, hints } = model.get("facts");
  const traits = synchronised(model, ["answer", "preview", "verdict"], view.guarded((changed) => {
    if (changed.includes("answer")) input.value = traits.state.answer;
    draw();
  }));
  const { state } = traits;
  let typing = null, waiting = null, judging = false;

  // elements

  const noteId = `bplib-field-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const input = h("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
                             "aria-describedby": noteId });
  const formula = h("div", { class: "bplib-field-formula", role: "group", "aria-label": "the formula as it is read" });
  const note = h("p", { class: "bplib-field-note", id: noteId });
  const verdict = h("div", { class: "bplib-field-verdict", role: "status" });
  const told = h("ol", { class: "bplib-field-hints", "aria-label": "hints" });
  const buttons = hints.map((hint, n) => {
    const element = button(`Hint ${n + 1}`, `Show or hide hint ${n + 1} of ${hints.length}`,
                           view.guarded(() => open(n)));
    set(element, { "aria-expanded": "false" });
    return element;
  });
  const copy = button("Copy", `Copy the line ${variable} = … for the cell`, view.guarded(copyLine));
  view.root.append(
    h("label", { class: "bplib-field-label" }, `Exercise ${id}, ${small(title)}: your formula`, input),
    formula, note,
    h("div", { class: "bplib-field-buttons" },
      button("Check", "Is it right? The Enter key asks too", view.guarded(check)), ...buttons, copy),
    told, verdict,
    h("p", { class: "bplib-hint" }, "What counts is what stands in the cell, since only cells are saved and handed " +
      "in; here you can try. Copy gives you the line for the cell."),
    view.message, view.spoken);

  input.addEventListener("input", view.guarded(() => {
    clearTimeout(typing);
    typing = setTimeout(view.guarded(read), PAUSE);
    draw();
  }));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) view.guarded(check)();
  });

  // asking Python

  function read() {
    clearTimeout(typing);
    typing = null;
    if (state.answer === input.value) return;
    traits.accept({ answer: input.value });
    expect();
  }

  function check() {
    read();
    if (state.verdict.text === input.value) return draw();
    judging = true;
    model.send({ check: input.value });
    expect();
    draw();
  }

  function expect() {
    clearTimeout(waiting);
    waiting = setTimeout(() => view.tell("There is no answer from Python: reading and checking need a running kernel " +
                                         "that is not busy. Run the cell again.", "error"), NO_ANSWER);
  }

  // hints and the line for the cell

  function open(n) {
    const shown = buttons[n].getAttribute("aria-expanded") === "true";
    set(buttons[n], { "aria-expanded": String(!shown) });
    told.replaceChildren(...hints.flatMap((hint, m) =>
      buttons[m].getAttribute("aria-expanded") === "true" ? [h("li", { value: m + 1 }, hint)] : []));
  }

  async function copyLine() {
    const line = `${variable} = ${JSON.stringify(input.value)}`;
    try {
      await navigator.clipboard.writeText(line);
      view.tell(`Copied: ${line}`);
    } catch {
      view.tell(`This page may not copy. The line for the cell is ${line}`, "warning");
    }
  }

  // drawing

  function draw() {
    const { preview } = state, here = preview.text === input.value, judged = state.verdict.text === input.value;
    judging &&= !judged;
    if (here && !judging) {
      clearTimeout(waiting);
      if (view.message.dataset.kind === "error") view.tell("");
    }
    if (here) drawFormula(preview);
    const asked = judged && (input.value.trim() !== "" || state.verdict.outcome !== "missing");
    const html = asked ? state.verdict.html : judging ? "<p>Python is checking …</p>" : "";
    if (verdict.dataset.html !== html) {
      verdict.dataset.html = html;
      verdict.innerHTML = html;
    }
    verdict.dataset.outcome = asked ? state.verdict.outcome : "";
  }

  function drawFormula({ text, mathml, message, position }) {
    if (formula.dataset.text === text) return;
    formula.dataset.text = text;
    const empty = text.trim() === "";
    if (mathml) formula.innerHTML = mathml;
    else formula.replaceChildren(...(empty ? [] : [marked([...text], position)]));
    note.textContent = empty ? "The formula appears above as it is read, while you type it." : message;
    set(formula, { tabindex: formula.scrollWidth > formula.clientWidth && "0" });
    view.say(() => note.textContent || "The formula can be read.");
  }

  /** A text that cannot be read, with the place where reading stopped. */
  function marked(characters, position) {
    return h("code", {}, characters.slice(0, position).join(""), h("mark", {}, characters[position] ?? "\u2026"),
             characters.slice(position + 1).join(""));
  }

  input.value = state.answer;
  draw();
  return () => {
    clearTimeout(typing);
    clearTimeout(waiting);
    traits.close();
  };
}

/** A title within a sentence. */
const small = (title) => title[0].toLowerCase() + title.slice(1);

export default explorer("Answer field", fieldView);
