// Pictures of training: outputs over the plane, lines over steps, sizes by layer.  They know no formula.

const CELLS = 40, TILE = 20, GAP = 2, TILES = [3, 4];
const FAINTEST = -8, LARGEST = 1, SHADE = 150;

/** Points in rows that cover the square [low, high]², each in the middle of its cell, the top row first. */
function cellsOf([[left, right], [bottom, top]]) {
  const part = (n) => (n + 0.5) / CELLS;
  return Array.from({ length: CELLS * CELLS }, (_, n) => [
    left + (right - left) * part(n % CELLS), top - (top - bottom) * part(Math.floor(n / CELLS))]);
}

/** The square that has all points in it, with a margin. */
function squareAround(points) {
  const ends = [0, 1].map((axis) => {
    const along = points.map((point) => point[axis]);
    return [Math.min(...along), Math.max(...along)];
  });
  const half = 0.6 * Math.max(...ends.map(([low, high]) => high - low));
  return ends.map(([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half]);
}

/** The theme's colours for the lowest and the highest value, as [red, green, blue]. */
function endColours(element) {
  const style = getComputedStyle(element);
  return ["--red", "--blue"].map((name) => [1, 3, 5].map(
    (at) => parseInt(style.getPropertyValue(name).trim().slice(at, at + 2), 16)));
}

/** Pixels for values from −1 (all of the first colour) over 0 (none) to 1 (all of the second). */
function shaded(width, height, value, [low, high]) {
  const image = new ImageData(width, height);
  for (let n = 0; n < width * height; n++) {
    const v = Math.max(-1, Math.min(1, value(n)));
    image.data.set([...(v < 0 ? low : high), Math.abs(v) * SHADE], 4 * n);
  }
  return image;
}

/** The line along which values in cells are ½, by marching squares: path data, with `place(column, row)` in pixels. */
function halfLine(values, place) {
  const pieces = [], at = (u, v) => values[v * CELLS + u] - 0.5;
  for (let v = 0; v + 1 < CELLS; v++) for (let u = 0; u + 1 < CELLS; u++) {
    const corners = [[u, v], [u + 1, v], [u + 1, v + 1], [u, v + 1]];
    const crossings = corners.flatMap(([u1, v1], n) => {
      const [u2, v2] = corners[(n + 1) % 4], one = at(u1, v1), other = at(u2, v2), part = one / (one - other);
      return one < 0 === other < 0 ? [] : [place(u1 + part * (u2 - u1), v1 + part * (v2 - v1))];
    });
    for (let n = 0; n + 1 < crossings.length; n += 2) pieces.push(path([crossings[n], crossings[n + 1]]));
  }
  return pieces.join("");
}

/** How samples of class 0 and 1 are drawn around a place. */
const MARKERS = [
  (u, v) => `M${u - 3.4},${v}a3.4,3.4 0 1,0 6.8,0a3.4,3.4 0 1,0 -6.8,0z`,
  (u, v) => `M${u - 3.2},${v - 3.2}h6.4v6.4h-6.4z`,
];

/** The output over the plane as shading with its line at ½, and the samples: circles are 0, squares are 1. */
function outputMap() {
  const plot = axes("x₁", "x₂"), canvas = h("canvas", { width: CELLS, height: CELLS, "aria-hidden": "true" });
  const line = svg("path", { class: "bplib-training-line" });
  const kinds = ["train", "test"].flatMap((part) => [0, 1].map((label) => ({
    part, label, mark: svg("path", { class: `bplib-training-point-${label}`, "data-part": part }) })));
  plot.inside.append(line, ...kinds.map(({ mark }) => mark));
  const sample = (part, label) => svg("svg", { width: 12, height: 12, "aria-hidden": "true" },
    svg("path", { class: `bplib-training-point-${label}`, "data-part": part, d: MARKERS[label](6, 6) }));
  const element = h("div", { class: "bplib-picture" },
    h("div", { class: "bplib-training-map" }, canvas, plot.picture),
    h("ul", { class: "bplib-legend" },
      h("li", {}, sample("train", 0), sample("test", 0), h("span", {}, "y = 0")),
      h("li", {}, sample("train", 1), sample("test", 1), h("span", {}, "y = 1")),
      h("li", {}, h("span", {}, "filled: to train on, open: to test on")),
      h("li", {}, svg("svg", { width: 24, height: 12, "aria-hidden": "true" },
        svg("path", { class: "bplib-training-line", d: "M1,6H23" })), h("span", {}, "output ½"))));
  let size = 0;
  return {
    element,
    resize() { size = Math.max(200, Math.min(420, Math.floor(element.clientWidth))); },
    /** Samples and axes, which change with the data and the window alone. */
    frame(samples, [x, y]) {
      plot.update(size, size - MARGIN.left - MARGIN.right + MARGIN.top + MARGIN.bottom, x, y);
      canvas.style.cssText = `left: ${MARGIN.left}px; top: ${MARGIN.top}px; width: ${plot.width}px; ` +
        `height: ${plot.height}px`;
      for (const { part, label, mark } of kinds) {
        const inputs = samples[`X_${part}`].filter((_, n) => samples[`Y_${part}`][n][0] === label);
        set(mark, { d: inputs.map((input) => MARKERS[label](...plot.at(...input))).join("") });
      }
    },
    draw(outputs, ends, sentence) {
      const pixels = shaded(CELLS, CELLS, (n) => 2 * outputs[n] - 1, ends);
      canvas.getContext("2d").putImageData(pixels, 0, 0);
      const cell = plot.width / CELLS, tall = plot.height / CELLS;
      set(line, { d: halfLine(outputs, (u, v) => [(u + 0.5) * cell, (v + 0.5) * tall]) });
      set(plot.picture, { "aria-label": `Output of the network over the plane, with the samples. ${sentence}` });
    },
  };
}

/** What each unit of one layer computes over the plane, as tiles; the layer's lowest value to its highest. */
function unitMaps(layer) {
  const [across, down] = TILES, pitch = TILE + GAP;
  const canvas = h("canvas", { width: across * pitch - GAP, height: down * pitch - GAP, role: "img" });
  const element = h("figure", { class: "bplib-training-units" }, h("figcaption", {}, `layer ${layer}`), canvas);
  const step = CELLS / TILE;
  return {
    element,
    /** `values` has a row of units for each cell. */
    draw(values, colours) {
      const pen = canvas.getContext("2d"), units = values[0].length;
      const cells = Array.from({ length: TILE * TILE }, (_, n) =>
        values[Math.floor(n / TILE) * step * CELLS + n % TILE * step]);
      const ends = [Math.min, Math.max].map((most) => most(...cells.map((row) => most(...row))));
      const middle = (ends[0] + ends[1]) / 2, half = Math.max((ends[1] - ends[0]) / 2, Number.MIN_VALUE);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      for (let unit = 0; unit < units; unit++) {
        const pixels = shaded(TILE, TILE, (n) => (cells[n][unit] - middle) / half, colours);
        pen.putImageData(pixels, unit % across * pitch, Math.floor(unit / across) * pitch);
      }
      set(canvas, { "aria-label": `Outputs of the ${units} units of layer ${layer} over the plane, ` +
                                  `from ${brief(ends[0])} to ${brief(ends[1])}` });
    },
  };
}

/** Lines over steps, one of each kind, on a linear or logarithmic scale. */
function linesOverSteps(kinds, logarithmic) {
  const plot = axes("step", "", { yScale: logarithmic ? "log" : "linear" });
  const marks = kinds.map((kind) => svg("path", { class: `bplib-training-trace ${kind}` }));
  const labels = kinds.map(() => svg("text", {}));
  plot.inside.append(...marks, ...labels);
  return {
    element: plot.picture,
    /** Lines of [step, value] pairs, with names at their ends; a kind without a line is not drawn. */
    draw(width, height, lines, names, sentence) {
      const values = lines.flat().map(([, value]) => value).filter((value) => !logarithmic || value > 0);
      const last = Math.max(10, ...lines.flat().map(([step]) => step));
      plot.update(width, height, [0, 1.07 * roundUp(last)], range(values, logarithmic));
      const ends = lines.map((line) => line.length ? plot.at(...line.at(-1)) : null);
      spread(ends.filter(Boolean), plot.height);
      kinds.forEach((_, n) => {
        set(marks[n], { d: path(lines[n]?.map(([step, value]) => plot.at(step, value)) ?? []) });
        labels[n].textContent = ends[n] ? names[n] : "";
        if (ends[n]) set(labels[n], { x: ends[n][0] + 4, y: ends[n][1] + 4 });
      });
      set(plot.picture, { "aria-label": sentence });
    },
  };
}

function range(values, logarithmic) {
  const least = Math.min(1, ...values), most = Math.max(...values, Number.MIN_VALUE);
  if (!logarithmic) return [0, 1.02 * roundUp(most, [1, 1.5, 2, 3, 5, 7])];
  const high = Math.max(0, Math.ceil(Math.log10(most))), low = Math.min(high - 2, Math.floor(Math.log10(least)));
  return [10 ** Math.max(low, high - 12), 10 ** high];
}

/** Move places apart that are closer than a label is high. */
function spread(places, height) {
  const sorted = [...places].sort((one, other) => one[1] - other[1]);
  sorted.forEach((place, n) => { if (n) place[1] = Math.max(place[1], sorted[n - 1][1] + 12); });
  let floor = height - 5;
  for (const place of sorted.reverse()) {
    place[1] = Math.min(place[1], floor);
    floor = place[1] - 12;
  }
}

/** A choice among layers, each with the size of its gradient as a bar on a logarithmic scale. */
function layerBars(most, sentence, chosen) {
  const group = `bplib-layers-${Math.floor(performance.now() * 1000)}`;
  const rows = Array.from({ length: most }, (_, n) => {
    const input = h("input", { type: "radio", name: group, value: n + 1, checked: n === 0 });
    const bar = h("div", {}), value = h("output", { class: "bplib-value", "data-value": `size${n + 1}` });
    input.addEventListener("change", () => chosen(n + 1));
    const element = h("div", { class: "bplib-training-row" },
      h("label", {}, input, ` layer ${n + 1}`), h("div", { class: "bplib-training-bar" }, bar), value);
    return { element, input, bar, value };
  });
  const scale = h("div", { class: "bplib-training-scale", "aria-hidden": "true" });
  let largest = 0;
  const part = (power) => Math.max(0, Math.min(1, (power - FAINTEST) / (largest - FAINTEST))) || 0;
  /** A scale that ends where the largest size does, at 10 or later, so that a bar that is full is the longest. */
  function reach(sizes) {
    const powers = sizes.map((size) => Math.ceil(Math.log10(size))).filter(Number.isFinite);
    const wanted = Math.max(LARGEST, ...powers);
    if (wanted === largest) return;
    largest = wanted;
    const every = 2 * Math.ceil((largest - FAINTEST) / 12);
    const shown = Array.from({ length: Math.ceil((largest - FAINTEST) / every) }, (_, n) => FAINTEST + n * every);
    scale.replaceChildren(...shown.map(
      (power) => h("span", { style: `left: ${100 * part(power)}%` }, powerOfTen(power))));
  }
  return {
    element: h("fieldset", { class: "bplib-training-layers" },
      h("legend", {}, "size of ∂C/∂W now, the root mean square of its entries"), sentence, scale,
      ...rows.map((row) => row.element)),
    choose(layer) { rows[layer - 1].input.checked = true; },
    draw(sizes) {
      reach(sizes);
      rows.forEach(({ element, input, bar, value }, n) => {
        const there = n < sizes.length;
        element.style.visibility = there ? "visible" : "hidden";
        input.disabled = !there;
        bar.style.width = there ? `${100 * part(Math.log10(sizes[n]))}%` : "0";
        value.textContent = there ? show(sizes[n]) : "";
      });
    },
  };
}

/** The formulas of a layer, each with the sizes of its parts below, and the slope in them. */
function layerFormulas() {
  const element = h("div", { class: "bplib-training-formulas", role: "group", "aria-label": "the chosen layer" });
  let values = [];
  function written({ formula, parts }) {
    const line = h("div", { class: "bplib-formula" });
    line.innerHTML = formula;
    return [line, h("div", { class: "bplib-training-parts" }, ...parts.map(([key, name]) => {
      const label = h("span", {}), value = h("span", { class: "bplib-value", "data-value": key });
      label.innerHTML = name;
      values.push([key, value]);
      return h("div", {}, label, value);
    }))];
  }
  return {
    element,
    write(formulas, slope) {
      const meaning = h("p", { class: "bplib-hint" });
      meaning.innerHTML = slope;
      values = [];
      const heading = h("p", {}, "the chosen layer, with the root mean square of each part");
      element.replaceChildren(heading, ...formulas.flatMap(written), meaning);
    },
    draw(size) {
      for (const [key, value] of values) value.textContent = show(size(key));
    },
  };
}
