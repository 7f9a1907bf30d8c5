// Pictures of what a network makes of a digit.  They know no formula.

const LEAST = 0.03;

/** Marks in the cells of a picture, a plus or a minus as large as its number beside `most`: path data of both. */
function signs(values, columns, most) {
  const paths = { plus: "", minus: "" };
  values.forEach((value, n) => {
    const half = 0.48 * Math.abs(value) / most, thin = 0.36 * half;
    if (!(half > LEAST)) return;
    const u = n % columns + 0.5, v = Math.floor(n / columns) + 0.5;
    const bar = (w, h) => `M${(u - w).toFixed(3)},${(v - h).toFixed(3)}h${(2 * w).toFixed(3)}v${(2 * h).toFixed(3)}` +
      `h${(-2 * w).toFixed(3)}z`;
    if (value > 0) paths.plus += bar(half, thin) + bar(thin, half);
    else paths.minus += bar(half, thin);
  });
  return paths;
}

/**
 * A picture of signs, one cell for each pixel.
 *
 * below   what is drawn below, that of another picture; without it the picture has its own, the `ink` of its pixels,
 *         and a sign that asks for more than all ink or less than none is pale
 */
function signedPicture([rows, columns], below = null) {
  const cells = below ? [] : Array.from({ length: rows * columns }, (_, n) => svg("rect", {
    x: n % columns, y: Math.floor(n / columns), width: 1, height: 1, "fill-opacity": 0 }));
  const id = `bplib-digit-ink-${Math.floor(performance.now() * 1000)}`;
  const marks = ["", "bplib-digit-pale"].map((pale) => Object.fromEntries(["plus", "minus"].map(
    (kind) => [kind, svg("path", { class: `bplib-digit-${kind} ${pale}` })])));
  const element = svg("svg", { viewBox: `0 0 ${columns} ${rows}`, class: "bplib-digit-signs", role: "img" },
    below ?? svg("g", { id, class: "bplib-digit-ink" }, ...cells), ...marks.flatMap(Object.values));
  const heeded = (value, share) => share === undefined || (value > 0 ? share < 1 : share > 0);
  return {
    element,
    /** The same ink below another picture. */
    below: () => svg("use", { href: `#${id}` }),
    draw(values, most, name, ink = []) {
      marks.forEach((kinds, pale) => {
        const some = values.map((value, n) => (heeded(value, ink[n]) === Boolean(pale) ? 0 : value));
        const paths = signs(some, columns, most);
        for (const [kind, mark] of Object.entries(kinds)) set(mark, { d: paths[kind] });
      });
      ink.forEach((share, n) => set(cells[n], { "fill-opacity": (0.3 * share).toFixed(3) }));
      set(element, { "aria-label": name });
    },
  };
}

/** The ten outputs as bars with their numbers; a choice among them says which digit is wanted. */
function outputBars(classes, legend, choose) {
  const group = `bplib-digit-${Math.floor(performance.now() * 1000)}`;
  const rows = Array.from({ length: classes }, (_, n) => {
    const input = h("input", { type: "radio", name: group, value: n });
    const bar = h("div", {}), value = h("output", { class: "bplib-value", "data-value": `output${n}` });
    input.addEventListener("change", () => choose(n));
    const element = h("div", { class: "bplib-digit-row" }, h("label", {}, input, h("span", {}, String(n))),
      h("div", { class: "bplib-digit-bar" }, bar), value);
    return { element, input, bar, value };
  });
  return {
    element: h("fieldset", { class: "bplib-digit-outputs" },
      h("legend", {}, legend), ...rows.map((row) => row.element)),
    draw(outputs, reads, target) {
      rows.forEach(({ element, input, bar, value }, n) => {
        element.dataset.kind = n === reads ? "reads" : "";
        renew(input, "checked", n === target);
        bar.style.width = `${100 * outputs[n]}%`;
        renew(value, "textContent", show(outputs[n]));
      });
    },
  };
}

/** What each unit of the first layer looks for, its weights as signs over the digit, and its output as a bar. */
function unitTiles(shape, below, phrase) {
  const element = h("div", { class: "bplib-digit-units" });
  let tiles = [], drawn = null;
  function begin(weights) {
    tiles = weights.map((row, n) => {
      const picture = signedPicture(shape, below()), bar = h("div", {});
      const value = h("output", { "data-value": `unit${n + 1}` });
      picture.draw(row, Math.max(...row.map(Math.abs)), phrase("the weights of unit {n}", { n: n + 1 }));
      return { bar, value, element: h("div", { class: "bplib-digit-unit" }, picture.element,
        h("div", { class: "bplib-digit-activation" }, bar), value) };
    });
    element.replaceChildren(...tiles.map((tile) => tile.element));
    drawn = weights;
  }
  return {
    element,
    draw(weights, activations) {
      if (weights !== drawn) begin(weights);
      const most = Math.max(1, ...activations.map(Math.abs));
      activations.forEach((activation, n) => {
        const { bar, value } = tiles[n], part = 50 * Math.abs(activation) / most;
        bar.dataset.sign = Math.sign(activation);
        bar.style.cssText = `width: ${part}%; left: ${activation < 0 ? 50 - part : 50}%`;
        renew(value, "textContent", activation.toFixed(2).replace(/^-(?=.*[1-9])/, MINUS).replace("-", ""));
      });
    },
  };
}
