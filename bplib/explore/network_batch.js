// The batch of the network explorer: which sample is shown, and all of them together with the derivatives of each.

const ALL = "all";

/**
 * A row of buttons: one for each sample, and one for all of them.  `choose(sample)` hears of a press; `name` is what the
 * last one is called.
 */
function sampleButtons(phrase, name, choose) {
  const element = h("div", { class: "bplib-buttons bplib-walk-samples", role: "group", "aria-label": phrase("sample") });
  let pressed = [];
  function one(sample, label) {
    return [sample, button(label, sample === ALL ? phrase("The derivatives of all samples, and what becomes of them") :
      phrase("Sample {n} of the batch", { n: sample }), () => choose(sample))];
  }
  return {
    element,
    show(count, chosen) {
      if (pressed.length !== count + 1) {
        pressed = [...Array.from({ length: count }, (_, n) => one(n + 1, phrase("{n}", { n: n + 1 }))), one(ALL, name)];
        element.replaceChildren(h("span", { "aria-hidden": "true" }, phrase("sample")), ...pressed.map(([, place]) => place));
      }
      element.hidden = count === 1;
      for (const [sample, place] of pressed) set(place, { "aria-pressed": String(sample === chosen) });
    },
  };
}

/** The steps of the walk through all samples together: the cost and each derivative, in the order of one sample. */
function stepsOfAll(steps) {
  const last = ["cost", "slope of weight", "slope of bias"];
  return steps.filter(({ kind }) => last.includes(kind)).map((step) => (
    { ...step, kind: step.kind === "cost" ? "cost of all" : "slope of all", moves: [] }));
}

/**
 * A row for the cost and for each derivative, with a column for each sample and one for all: `letters[key]` is the name
 * of a row, and cells are found by data-number.
 */
function batchTable(phrase, name, keys, count, letters) {
  const samples = Array.from({ length: count }, (_, n) => n + 1), cell = (key) => h("td", { "data-cell": key });
  const rows = keys.map((key) => {
    const title = h("th", { scope: "row" });
    title.innerHTML = `<math aria-hidden="true">${letters[key]}</math>`;
    title.append(h("span", { class: "bplib-spoken" }, key));
    return h("tr", { "data-row": key }, title, ...samples.map((n) => cell(`${key} of ${n}`)), cell(key));
  });
  return h("table", { class: "bplib-batch" },
    h("thead", {}, h("tr", {}, h("td"), ...samples.map((n) => h("th", { scope: "col" }, phrase("sample {n}", { n }))),
      h("th", { scope: "col" }, name))),
    h("tbody", {}, ...rows));
}
