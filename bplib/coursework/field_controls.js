// What an answer is typed into, chosen with, or moved by: { element, text, asks, show(text) }, where `asks` says what checking does.  Each calls `changed`
// when the answer has changed and `check` when it is finished.

const CONTROLS = { line: lineControl, lines: linesControl, choice: choiceControl, guess: guessControl };

const PLAIN_TEXT = { autocomplete: "off", autocapitalize: "off", spellcheck: "false", dir: "ltr" };

/** One line; Enter checks. */
function lineControl({ label }, { changed, check, noteId, phrase }) {
  const input = h("input", { type: "text", ...PLAIN_TEXT, "aria-describedby": noteId });
  return typedControl(input, label, changed, phrase("Is it right? The Enter key asks too"),
                      (event) => event.key === "Enter" && !event.isComposing && check());
}

/** Several lines; Enter begins a new one, Ctrl and Enter check. */
function linesControl({ label, rows }, { changed, check, noteId, phrase }) {
  const input = h("textarea", { rows, ...PLAIN_TEXT, "aria-describedby": noteId });
  return typedControl(input, label, changed, phrase("Is it right? Ctrl and Enter ask too"),
                      (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && check());
}

function typedControl(input, label, changed, asks, pressed) {
  input.addEventListener("input", changed);
  input.addEventListener("keydown", pressed);
  return {
    asks,
    element: h("label", { class: "bplib-field-label" }, label, input),
    get text() { return input.value; },
    show(text) { renew(input, "value", text); },
  };
}

/** One of several options; the answer is its letter. */
function choiceControl({ label, options }, { changed, check, phrase }) {
  const name = `bplib-choice-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const inputs = options.map(({ letter }) => h("input", { type: "radio", name, value: letter }));
  const rows = options.map(({ letter, html }, n) => {
    const text = h("span", {});
    text.innerHTML = html;
    return h("label", { class: "bplib-field-option" }, inputs[n], h("b", {}, letter), text);
  });
  for (const input of inputs) {
    input.addEventListener("change", changed);
    input.addEventListener("keydown", (event) => event.key === "Enter" && check());
  }
  return {
    asks: phrase("Is it right? The Enter key asks too"),
    element: h("fieldset", { class: "bplib-field-options" }, h("legend", {}, label), ...rows),
    get text() { return inputs.find((input) => input.checked)?.value ?? ""; },
    show(text) { for (const input of inputs) renew(input, "checked", input.value === text); },
  };
}

/** A number on a slider, or typed beside it. */
function guessControl({ numbers, unit }, { changed, check, phrase }) {
  const middle = (numbers.low + numbers.high) / 2;
  let text = "";
  const take = (name, value) => {
    text = value.trim();
    shown();
    changed();
  };
  const one = slider("guess", unit, numbers, take, phrase), field = one.element.querySelector("input[type=text]");
  const shown = () => {
    const number = typed(text);
    one.show(Number.isFinite(number) ? number : middle);
    renew(field, "value", text);
  };
  one.element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.target === field && field.value.trim() !== text) take("guess", field.value);
    check();
  });
  shown();
  return {
    asks: phrase("How close is it? The Enter key asks too"),
    element: one.element,
    get text() { return text; },
    show(given) {
      text = given;
      shown();
    },
  };
}
