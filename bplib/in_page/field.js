// The field on the page: what is typed gets its verdict when it is asked for.  It stays on the page, and is text there.

/** An element: its name, attributes, and what is in it. */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/**
 * Put a field in the place of what stands there without scripts: { id, counts, outcome, answer, show(answer) }.
 * An answer is { text, checked }.
 */
function field(place, changed) {
  const id = place.dataset.field, data = JSON.parse(place.querySelector("script").textContent), { words } = data;
  const input = h("input", { id: `answer-${id}`, type: "text", autocomplete: "off", autocapitalize: "off",
                             spellcheck: "false", dir: "ltr", "aria-describedby": `verdict-${id}` });
  const told = h("div", { id: `verdict-${id}`, class: "judged-told", role: "status" });
  const button = h("button", { type: "button" }, words.check);
  place.replaceChildren(h("label", { for: input.id }, words.label), h("div", { class: "judged-line" }, input, button), told);

  let exercise = null;
  const one = { id, counts: data.counts ?? false, outcome: "", show,
                get answer() { return { text: input.value, checked: one.outcome !== "" }; } };

  function check() {
    let found;
    try {
      exercise ??= opened(data);
      found = judged(exercise, input.value);
    } catch (error) {
      console.warn(error);
      found = verdict("undecided", ["This page cannot judge that. Write it in another form, or download the notebook and run it."]);
    }
    one.outcome = found.outcome;
    place.dataset.outcome = DRAWN.get(found.outcome) ?? found.outcome;
    input.ariaInvalid = String(found.outcome === "invalid");
    told.replaceChildren(...verdictShown(found, input.value, words));
  }

  function show({ text, checked }) {
    input.value = text;
    if (checked && text.trim()) check();
    else forget();
  }

  function forget() {
    one.outcome = place.dataset.outcome = "";
    input.ariaInvalid = "false";
    told.replaceChildren();
  }

  function asked() {
    check();
    const answer = place.parentElement.querySelector(":scope > details");
    if (answer && ["right", "near", "far"].includes(one.outcome)) answer.open = true;
    changed(one);
  }

  button.addEventListener("click", asked);
  input.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && asked());
  input.addEventListener("input", () => {
    forget();
    changed(one);
  });
  return one;
}

const DRAWN = new Map([["near", "right"], ["far", "wrong"]]);

function verdictShown({ outcome, feedback, position }, text, words) {
  const head = h("p", {}, `${TABLES.MARKS[outcome] ?? "–"} `, h("b", {}, words.outcomes[outcome]));
  return [head, ...position === null ? [] : [marked([...text], position)], ...spoken(feedback).split("\n\n").map(paragraph)];
}

/** A text that cannot be read, with the place where reading stopped. */
function marked(characters, position) {
  const from = Math.max(position - 30, 0), [before, after] = [characters.slice(from, position), characters.slice(position + 1, position + 31)];
  return h("p", {}, h("code", { class: "judged-text", dir: "ltr" }, from ? "…" : "", before.join(""),
                      h("mark", {}, characters[position] ?? "\u2026"), after.join("")));
}

const PIECE = /\*\*(.+?)\*\*|`([^`]+)`|\b(\d\d-[a-z][\w-]+)|( {2}\n)/g;

/** A paragraph of Markdown as feedback has it: bold, code, a new line; and a notebook that is named is a link. */
function paragraph(markdown) {
  const parts = [], { content_root: root = "" } = document.documentElement.dataset;
  let at = 0;
  for (const { 0: all, 1: bold, 2: code, 3: page, index } of markdown.matchAll(PIECE)) {
    parts.push(markdown.slice(at, index), bold ? h("b", {}, bold) : code ? h("code", {}, code)
      : page ? TABLES.PAGES.includes(page) ? h("a", { href: `${root}${page}.html` }, page) : page : h("br"));
    at = index + all.length;
  }
  const english = document.querySelector("article [lang=fa]") && !/[\u0600-\u06ff]/.test(markdown);
  return h("p", english ? { lang: "en", dir: "ltr" } : {}, ...parts, markdown.slice(at));
}

addEventListener("DOMContentLoaded", () => {
  const kept = progress(() => fields);
  const fields = [...document.querySelectorAll("[data-field]")].map((place) => field(place, kept.changed));
  kept.restore();
});
