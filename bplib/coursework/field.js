// The field for an answer.  Python reads what is typed, judges it when it is asked to, and opens the answer to who asks.

const PAUSE = 100, NO_ANSWER = 5000;

function fieldView(model, view) {
  const { phrase } = view, facts = model.get("facts");
  const traits = synchronised(model, ["answer", "preview", "verdict", "opened"], view.guarded((changed) => {
    if (changed.includes("answer")) control.show(state.answer);
    draw();
  }));
  const { state } = traits;
  let typing = null, waiting = null, judging = false, opening = false;

  // elements

  const noteId = `bplib-field-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const control = CONTROLS[facts.kind](facts, { changed: view.guarded(changed), check: view.guarded(check), noteId,
                                                phrase });
  const shown = PREVIEWS[facts.kind]?.(view, noteId);
  const question = h("div", { class: "bplib-field-question" });
  question.innerHTML = facts.question;
  const verdict = h("div", { class: "bplib-field-verdict", role: "status" });
  const told = h("ol", { class: "bplib-field-hints", "aria-label": phrase("hints") });
  const hints = facts.hints.map((hint, n) => {
    const title = phrase("Show or hide hint {n} of {all}", { n: n + 1, all: facts.hints.length });
    const element = button(phrase("Hint {n}", { n: n + 1 }), title, view.guarded(() => tell(n)));
    set(element, { "aria-expanded": "false" });
    return element;
  });
  const copy = facts.copy && button(phrase("Copy"), phrase("Copy the line {name} = … for the cell", { name: facts.copy }),
                                    view.guarded(copyLine));
  const opener = facts.open && button(facts.open, phrase("Nothing is counted; it closes again"), view.guarded(open));
  const answer = h("div", { class: "bplib-field-answer", hidden: "" });
  if (opener) set(opener, { "aria-expanded": "false" });
  view.root.append(...[
    facts.question && question, control.element, shown && !shown.grows && shown.element,
    h("div", { class: "bplib-field-buttons" }, ...[
      button(phrase("Check"), control.asks, view.guarded(check)), ...hints, copy, opener].filter(Boolean)),
    hints.length && told, shown?.grows && shown.element, verdict, answer, facts.note && h("p", { class: "bplib-hint" }, facts.note), view.message,
    view.spoken].filter(Boolean));

  // asking Python

  function changed() {
    if (!view.message.dataset.kind) view.tell("");
    clearTimeout(typing);
    typing = setTimeout(view.guarded(read), PAUSE);
    draw();
  }

  function read() {
    clearTimeout(typing);
    typing = null;
    if (state.answer === control.text) return;
    traits.accept({ answer: control.text });
    expect();
  }

  function check() {
    read();
    keep();
    if (state.verdict.text === control.text) return draw();
    judging = true;
    model.send({ check: control.text });
    if (!answer.hidden) model.send({ open: control.text });
    expect();
    draw();
  }

  function open() {
    const closed = answer.hidden;
    set(opener, { "aria-expanded": String(closed) });
    answer.hidden = !closed;
    if (!closed) return;
    read();
    opening = true;
    model.send({ open: control.text });
    expect();
    draw();
  }

  function expect() {
    clearTimeout(waiting);
    waiting = setTimeout(() => view.tell(phrase(
      "No answer from Python: reading and checking need a running kernel that is not busy. Run the cell again."),
      "error"), NO_ANSWER);
  }

  // hints and the line for the cell

  function tell(n) {
    const open = hints[n].getAttribute("aria-expanded") === "true";
    set(hints[n], { "aria-expanded": String(!open) });
    told.replaceChildren(...facts.hints.flatMap((hint, m) =>
      hints[m].getAttribute("aria-expanded") === "true" ? [h("li", { value: m + 1 }, hint)] : []));
  }

  const line = () => `${facts.copy} = ${JSON.stringify(control.text)}`;

  function keep() {
    if (facts.copy && writeAnswer(view.root, facts.copy, control.text))
      view.tell(phrase("Now in the cell: {line}", { line: line() }));
  }

  async function copyLine() {
    try {
      await navigator.clipboard.writeText(line());
      view.tell(phrase("Copied: {line}", { line: line() }));
    } catch {
      view.tell(phrase("This page may not copy. The line for the cell is {line}", { line: line() }), "warning");
    }
  }

  // drawing

  function draw() {
    const { preview, opened } = state, here = preview.text === control.text;
    const judged = state.verdict.text === control.text;
    judging &&= !judged;
    opening &&= opened.text !== control.text;
    if (here && !judging && !opening) {
      clearTimeout(waiting);
      if (view.message.dataset.kind === "error") view.tell("");
    }
    const asked = judged && (control.text.trim() !== "" || state.verdict.outcome !== "missing" || facts.open);
    if (here) shown?.show(preview, asked ? state.verdict : null);
    fill(verdict, asked ? state.verdict.html : judging ? `<p>${phrase("Python is checking …")}</p>` : "");
    verdict.dataset.outcome = asked ? state.verdict.outcome : "";
    if (!answer.hidden) fill(answer, opened.html);
  }

  control.show(state.answer);
  draw();
  return () => {
    clearTimeout(typing);
    clearTimeout(waiting);
    traits.close();
  };
}

/** HTML that Python made, written where it is another one. */
function fill(element, html) {
  if (element.dataset.html === html) return;
  element.dataset.html = html;
  element.innerHTML = html;
}

// how a text is understood, while it is typed: { element, show(preview, verdict) }; one that `grows` stands below the
// buttons, so that typing does not move them

const PREVIEWS = { line: formulaPreview, lines: linesPreview };

function formulaPreview(view, id) {
  const formula = h("div", { class: "bplib-field-formula", role: "group", dir: "ltr",
                             "aria-label": view.phrase("the formula as it is read") });
  const note = h("p", { class: "bplib-field-note", id });
  return {
    element: h("div", {}, formula, note),
    show({ text, mathml, message, position }) {
      if (formula.dataset.text === text) return;
      formula.dataset.text = text;
      const empty = text.trim() === "";
      if (mathml) formula.innerHTML = mathml;
      else formula.replaceChildren(...(empty ? [] : [marked([...text], position)]));
      note.textContent = empty ? view.phrase("The formula appears here as it is read, while you type it.") : message;
      set(formula, { tabindex: formula.scrollWidth > formula.clientWidth && "0" });
      view.say(() => note.textContent || view.phrase("The formula can be read."));
    },
  };
}

/** A text that cannot be read, with the place where reading stopped; without a place all of it. */
function marked(characters, position) {
  if (position === null) return h("code", {}, characters.join(""));
  return h("code", {}, characters.slice(0, position).join(""), h("mark", {}, characters[position] ?? "\u2026"),
           characters.slice(position + 1).join(""));
}

function linesPreview(view, id) {
  const list = h("ol", { class: "bplib-field-lines", "aria-label": view.phrase("the lines as they are read"),
                         dir: "ltr" });
  const note = h("p", { class: "bplib-field-note", id });
  return {
    grows: true,
    element: h("div", {}, note, list),
    show({ text, lines }, judged) {
      note.textContent = text.trim() ? view.phrase("As it is read:") :
        view.phrase("One line for each step, as on paper; they appear here as they are read.");
      const key = JSON.stringify([text, judged?.lines]);
      if (list.dataset.key === key) return;
      list.dataset.key = key;
      list.replaceChildren(...lines.map((line, n) => oneLine(line, judged?.lines[n])));
      for (const box of list.querySelectorAll(".bplib-field-line"))
        set(box, { tabindex: box.scrollWidth > box.clientWidth && "0" });
    },
  };
}

/** A line as it is read, and the verdict on it. */
function oneLine({ written, mathml, message }, judged) {
  const formula = h("div", { class: "bplib-field-line", role: "group", "aria-label": written });
  if (mathml) formula.innerHTML = mathml;
  else formula.append(h("code", {}, written));
  const note = h("div", { class: "bplib-field-said", "data-rule": Boolean(judged?.rule) && "" });
  if (judged) note.innerHTML = judged.html;
  else note.textContent = message;
  const sign = h("span", { class: "bplib-field-sign" },
    ...(judged ? [h("span", { "aria-hidden": "true" }, judged.mark), ` ${judged.word}`] : []));
  return h("li", { "data-verdict": judged?.verdict ?? "", "data-first": Boolean(judged?.first) && "" }, formula, sign, note);
}

export default explorer("Answer field", fieldView);
