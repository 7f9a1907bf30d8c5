// The picture of a layered network: a card for each input, each unit and the cost, and an edge for each weight.
//
// An edge is as thick as its weight is large, a card as dark as its value; blue is positive, red negative, and an edge
// of a negative weight is dashed.  Names and numbers of weights are shown where they are asked for: on the way of what
// is chosen, where the pointer is, or all of them.

// Widths of cards, of the gap before the cost, of the smallest gap between layers and of the numbers in it, for less
// and less room; where there is none for numbers, that of the weight that is chosen stands beside its slider.
const SIZES = [
  { input: 104, unit: 132, cost: 132, last: 40, gap: 100, label: 60 },
  { input: 80, unit: 104, cost: 96, last: 16, gap: 68, label: 60 },
  { input: 66, unit: 98, cost: 80, last: 8, gap: 56, label: 50 },
  { input: 58, unit: 84, cost: 64, last: 4, gap: 56, label: 50 },
  { input: 46, unit: 84, cost: 64, last: 4, gap: 26, label: 0 },
];
const HEAD = 22, LOW = 280, LABEL = { height: 18, roomy: 42, withBefore: 108 };
const THICKEST = 7, DARKEST = 26, FEW = 8, APART = 27;

/** How dark a card is, from no value to a large one, and in which colour. */
function shade(value) {
  const part = Number.isFinite(value) ? DARKEST * Math.abs(value) / (1 + Math.abs(value)) : 0;
  return `color-mix(in oklab, var(--${value < 0 ? "red" : "blue"}) ${(2 * part).toFixed(0)}%, var(--ground))`;
}

/**
 * `choose(key)` hears of a click or an arrow key on a weight, a bias or a unit; `change(name, at, text)` of what is
 * typed as an input or a target; `phrase` says sentences in the page's language.
 */
function networkPicture({ sizes, choices, bias }, choose, change, phrase) {
  const layers = sizes.length - 1, math = [], values = {}, errors = [], ways = new Map();
  const inputs = units(sizes[0]).map((unit) => card({ "data-key": `x[${unit}]` }, field("x", unit, phrase("input {n}, typed", { n: unit }))));
  const columns = [inputs, ...sizes.slice(1).map((size, n) => units(size).map((unit) => unitCard(n + 1, unit)))];
  const targets = units(sizes[layers]).map((unit) => field("y", unit, phrase("target {n}, typed", { n: unit })));
  const costCard = card({ "data-key": "C" }, ...targets, row("C"));
  const edges = Object.keys(choices).filter((key) => key.startsWith("W")).map(edge);
  const ends = columns[layers].map((from, n) => ({ from, key: `z${layers}[${n + 1}]`, ...lines() }));
  const drawing = svg("svg", { role: "img" },
    ...[...edges, ...ends].flatMap(({ tube, core }) => [tube, core]),
    ...ends.map(({ line }) => line), ...edges.map(({ line }) => line), ...edges.map(({ hit }) => hit));
  const layerNames = units(layers).map((n) => phrase("layer {n}", { n }));
  const heads = [phrase("inputs"), ...layerNames, phrase("cost")].map(
    (text) => h("div", { class: "bplib-network-head" }, text));
  const inside = h("div", { class: "bplib-network-inside" }, drawing, ...heads, ...parts());
  const element = h("form", { class: "bplib-network-picture", dir: "ltr" }, inside);
  element.addEventListener("submit", (event) => event.preventDefault());

  function units(count) {
    return Array.from({ length: count }, (_, n) => n + 1);
  }

  /** A place for the letters of a key, in the notation that is chosen. */
  function symbol(key) {
    const place = document.createElementNS(MATHML, "math");
    math.push([place, key]);
    return place;
  }

  function row(key) {
    values[key] = h("span", { class: "bplib-network-number", "data-value": key });
    return h("span", { class: "bplib-network-row" }, symbol(key), values[key]);
  }

  /** The row of δ; until δ is known, what it is made of stands there: a sum that grows, or the slope of the cost. */
  function errorRow(layer, at) {
    const key = `delta${at}`, one = row(key), place = document.createElementNS(MATHML, "math");
    place.classList.add("bplib-network-before-delta");
    math.push([place, (letters) => (layer < layers ? "<mo>Σ</mo>" :
      `<mi>∂</mi>${letters.C}<mo>/</mo><mi>∂</mi>${letters[`a${at}`]}`)]);
    one.prepend(place);
    one.classList.add("bplib-network-error");
    errors.push([one, key]);
    return one;
  }

  function card(attributes, ...rows) {
    return h("div", { class: "bplib-network-card", ...attributes }, ...rows);
  }

  function unitCard(layer, unit) {
    const at = `${layer}[${unit}]`, key = `z${at}`;
    const own = bias ? [chosenBy(`b${at}`, row(`b${at}`))] : [];
    return card({ "data-key": key }, ...own, chosenBy(key, row(key), row(`a${at}`), errorRow(layer, at)));
  }

  /** A field for a number of the sample. */
  function field(name, unit, label) {
    const key = `${name}[${unit}]`;
    const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "data-value": key,
                               "aria-label": label });
    input.addEventListener("change", () => change(name, unit - 1, input.value));
    values[key] = input;
    return h("span", { class: "bplib-network-row" }, symbol(key), input);
  }

  /** What a radio button chooses: arrow keys go from one to the next. */
  function chosenBy(key, ...shown) {
    const radio = h("input", { type: "radio", name: "selected", value: key,
                               "aria-label": phrase("{key}, {words}", { key, words: choices[key] }) });
    for (const event of ["change", "click"]) radio.addEventListener(event, () => choose(key));
    return h("label", { class: "bplib-network-choice", "data-key": key }, radio, ...shown);
  }

  function lines() {
    return { tube: svg("path", { class: "bplib-network-tube" }), core: svg("path", { class: "bplib-network-core" }),
             line: svg("path", { class: "bplib-network-edge" }) };
  }

  function edge(key) {
    const [layer, to, from] = key.match(/\d+/g).map(Number);
    const before = h("span", { class: "bplib-network-before" });
    values[key] = h("span", { class: "bplib-network-number", "data-value": key });
    const label = chosenBy(key, symbol(key), h("span", {}, before, values[key]));
    label.classList.add("bplib-network-weight");
    const hit = svg("path", { class: "bplib-network-hit" });
    hit.addEventListener("click", () => choose(key));
    hit.addEventListener("pointerenter", () => label.classList.add("bplib-network-pointed"));
    hit.addEventListener("pointerleave", () => label.classList.remove("bplib-network-pointed"));
    return { key, layer, from, to, before, label, hit, ...lines() };
  }

  /** Layer by layer, so that tab and arrow keys go from left to right. */
  function parts() {
    return [...inputs, ...columns.slice(1).flatMap((column, n) =>
      [...edges.filter(({ layer }) => layer === n + 1).map(({ label }) => label), ...column]), costCard];
  }

  function fit(width) {
    const cards = ({ input, unit, last, cost }) => input + layers * unit + last + cost;
    const size = SIZES.find((one) => cards(one) + layers * one.gap <= width) ?? SIZES.at(-1);
    inside.classList.toggle("bplib-network-tiny", SIZES.indexOf(size) >= 2);
    inside.classList.toggle("bplib-network-tiniest", SIZES.indexOf(size) >= 3);
    inside.classList.toggle("bplib-network-unlabelled", !size.label);
    const gap = Math.max(size.gap, (width - cards(size)) / layers);
    const wide = gap >= 1.5 * LABEL.withBefore, room = wide ? LABEL.withBefore : size.label;
    const spread = sizes.slice(1).map((to, n) => spacing(sizes[n], to, room / 2 / gap));
    const height = Math.ceil(Math.max(
      LOW, ...columns.map((column) => column.length * (Math.max(...column.map(heightOf)) + 12)),
      heightOf(costCard), ...spread.map(({ least }) => LABEL.height / least))) + HEAD;
    const left = columns.map((_, n) => n && size.input + n * gap + (n - 1) * size.unit);
    const middle = (column, n) => HEAD + (n + 0.5) * (height - HEAD) / column.length;
    columns.forEach((column, n) => column.forEach((one, at) =>
      put(one, left[n], middle(column, at) - heightOf(one) / 2, n ? size.unit : size.input)));
    const right = left[layers] + size.unit, end = right + size.last;
    put(costCard, end, middle([costCard], 0) - heightOf(costCard) / 2, size.cost);
    heads.forEach((head, n) => put(head, [...left, end][n], 0, n ? size.unit : size.input));
    set(drawing, { width: end + size.cost, height, viewBox: `0 0 ${end + size.cost} ${height}` });
    Object.assign(inside.style, { width: `${end + size.cost}px`, height: `${height}px` });
    for (const { key, layer, from, to, label, tube, core, line, hit } of edges) {
      const { part, least } = spread[layer - 1], column = columns[layer - 1];
      const start = [left[layer] - gap, middle(column, from - 1)], stop = [left[layer], middle(columns[layer], to - 1)];
      for (const one of [tube, core, line, hit]) set(one, { d: path([start, stop]) });
      const place = start.map((value, axis) => value + part * (stop[axis] - value));
      ways.set(key, { to: `z${layer}[${to}]`, points: [start, place, stop] });
      Object.assign(label.style, { left: `${place[0]}px`, top: `${place[1]}px` });
      label.classList.toggle("bplib-network-roomy", least * (height - HEAD) >= LABEL.roomy);
      label.classList.toggle("bplib-network-wide", wide);
    }
    ends.forEach(({ key, tube, core, line }, n) => {
      const points = [[right, middle(ends, n)], [end, middle([costCard], 0)]], d = path(points);
      ways.set(key, { to: "C", points });
      for (const one of [tube, core, line]) set(one, { d });
    });
  }

  const picture = {
    element, few: edges.length <= FEW, stage: inside,
    /**
     * The points that a number passes on its way to `goal`: from where it stands along the edge, by its weight, to where
     * the goal stands, or as far as the weight; within a card, from a unit's output, of which g'(z) is made.
     */
    route({ from, to, edge, carries: [first] }, goal) {
      if (from === to) return [first.replace("slope", "a"), goal].map((key) => middleOf(placeOf(key)));
      const way = ways.get(edgeOf({ from, to, edge }));
      const points = from === way.to ? way.points.toReversed() : way.points, start = middleOf(placeOf(first) ?? values.C);
      return to === edge ? [start, ...beside(points)] : [start, ...points, middleOf(placeOf(goal))];
    },
    /** Draw the eye to a number that has just become known. */
    flash(key) {
      if (still()) return;
      const color = "color-mix(in oklab, var(--green) 45%, transparent)";
      placeOf(key)?.animate([{ background: color }, { background: "transparent" }], { duration: 900, easing: "ease-out" });
    },
    /** Where the number of a weight's or a bias's derivative lies. */
    spot(key) {
      if (ways.has(key)) return ways.get(key).points[1];
      const { style } = values[key].closest(".bplib-network-card");
      return [parseFloat(style.left), parseFloat(style.top) + values[key].closest("label").offsetHeight / 2];
    },
    /** Show what takes part in a step: a card, and the edges along which something travels; the rest is pale. */
    watch({ watching, card, moves, sign }) {
      const between = moves.filter(({ from, to }) => from !== to);
      const along = new Map(between.map((move) => [edgeOf(move), move.carries.at(-1)]));
      inside.classList.toggle("bplib-network-watching", watching);
      for (const { key, line, label } of [...edges, ...ends]) {
        set(line, { "data-along": along.has(key) && (sign(along.get(key)) < 0 ? "-1" : "1") });
        label?.classList.toggle("bplib-network-along", along.has(key));
      }
      for (const one of [...columns.flat(), costCard])
        one.classList.toggle("bplib-network-active", one.dataset.key === card);
    },
    /** Show the names and numbers of all weights, or of those alone that are asked for. */
    showAll(all) { inside.classList.toggle("bplib-network-all", all); },
    resize() {
      const width = Math.floor(element.clientWidth);
      if (width) fit(width);
    },
    spell(letters) {
      for (const [place, written] of math)
        place.innerHTML = typeof written === "string" ? letters[written] : written(letters);
      picture.resize();
    },
    /**
     * `text(key)` says what stands there, `weight(key)` is a number, `output(key)` that of a card or NaN where it is not
     * known, `before(key)` the number before an update, `growing(key)` whether the sum that δ is made of stands in its
     * place, `share(key)` how large δ is as a part of the largest; `fixed` says whether there is no sample to be changed.
     */
    draw({ text, growing, share, weight, output, before, selected, through, sentence, fixed }) {
      for (const [key, place] of Object.entries(values)) {
        renew(place, place.tagName === "INPUT" ? "value" : "textContent", text(key));
        set(place, { "data-long": text(key).includes("·") });
        if (place.tagName === "INPUT") renew(place, "disabled", fixed);
      }
      for (const [one, key] of errors) {
        one.classList.toggle("bplib-network-growing", growing(key));
        set(one, { "data-sign": Math.sign(weight(key)) });
        one.style.setProperty("--share", `${(100 * share(key)).toFixed(1)}%`);
      }
      for (const { key, line, tube, core, before: place } of edges) {
        const w = weight(key), old = before(key);
        set(line, { "data-sign": Math.sign(w), "stroke-width": Math.min(THICKEST, 1 + 2.5 * Math.abs(w)).toFixed(2) });
        renew(place, "textContent", old === null ? "" : `${brief(old)} → `);
        light(key, tube, core);
      }
      for (const { key, tube, core } of ends) light(key, tube, core);
      for (const label of inside.querySelectorAll("label")) {
        renew(label.firstChild, "checked", label.dataset.key === selected);
        label.classList.toggle("bplib-network-chosen", label.dataset.key === selected);
        label.classList.toggle("bplib-network-through", through.has(label.dataset.key));
      }
      for (const one of columns.flat()) {
        one.classList.toggle("bplib-network-lit", through.has(one.dataset.key));
        one.style.setProperty("--shade", shade(output(one.dataset.key)));
      }
      costCard.classList.add("bplib-network-lit");
      set(drawing, { "aria-label": sentence });

      function light(key, ...paths) {
        for (const one of paths) set(one, { "data-lit": key === selected ? "chosen" : through.has(key) && "path" });
      }
    },
  };
  return picture;

  /** Where a number stands; ∂C/∂a stands in the row of δ. */
  function placeOf(key) {
    return values[key.replace("da", "delta")];
  }

  function middleOf(place) {
    const { left, top } = inside.getBoundingClientRect(), box = place.getBoundingClientRect();
    return [(box.left + box.right) / 2 - left, (box.top + box.bottom) / 2 - top];
  }

  function heightOf(one) {
    return one.offsetHeight;
  }

  function put(one, x, y, width) {
    Object.assign(one.style, { left: `${x}px`, top: `${y}px`, width: `${width}px` });
  }
}

/**
 * How far along the edges between two columns their labels stand, so that no two meet: `part` of the way, and the
 * `least` distance between two of them as a part of the height.
 */
function spacing(from, to, edge) {
  let best = { score: -1 };
  const lowest = Math.min(edge, 0.5);
  for (let part = lowest; part <= 1 - lowest + 1e-9; part += 0.005) {
    const places = [];
    for (let k = 0; k < from; k++)
      for (let j = 0; j < to; j++) places.push((1 - part) * (k + 0.5) / from + part * (j + 0.5) / to);
    places.sort((one, other) => one - other);
    const least = Math.min(1, ...places.slice(1).map((place, n) => place - places[n]));
    const score = Math.min(least, 0.16) - 0.01 * Math.abs(part - 0.5);
    if (score > best.score) best = { part, least, score };
  }
  return best;
}

/** The key of the line that a move follows; that to the cost has the key of its output's card. */
const edgeOf = ({ from, to, edge }) => edge ?? (from === "C" ? to : from);

/** The way to a weight, for two that meet there: they come to lie beside each other. */
function beside([start, end]) {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const length = Math.hypot(dx, dy), left = Math.max(0, 1 - APART / length);
  return [start, [start[0] + left * dx, start[1] + left * dy]];
}
