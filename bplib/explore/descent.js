// The view of gradient descent on a map.  All values come from generated functions: examples[name].cost, .gradients and
// .curvature of arrays, stability of second derivatives, step of a weight.

const WEIGHTS = ["w1", "w2"], SETTINGS = ["eta", "momentum", "batch_size"];
const AT_REST = 0.01;

/** What to try, and when it is done: with the state, the values there, and the steps taken. */
const TRIES = [
  ["press Run. Do the steps go straight to the lowest point?", ({ trail }) => trail.length > 3],
  ["drag the point to another place of the map and run again. Where do the steps end?",
   ({ now, trail }) => trail.length > 3 && Math.hypot(...now.slopes) < AT_REST],
  ["a learning rate above the mark on its slider: what do the steps do?",
   ({ now, state, trail }) => trail.length > 1 && state.eta > now.bound],
  ["momentum: with which μ do you arrive in the fewest steps?", ({ state, trail }) => state.momentum > 0 && trail.length > 3],
];
const TINY = 1e-4, FAR = 1e6, MAP = 400, HISTORY = 190, CELL = 5, LEVELS = 18;

function descentView(model, view, generated) {
  const facts = model.get("facts"), names = ["example", ...WEIGHTS, ...SETTINGS], { letters } = facts;
  const symbols = { w1: "w1", w2: "w2", eta: letters.eta, momentum: "μ", batch_size: "B" };
  const traits = synchronised(model, names, view.guarded((changed) => {
    if (changed.some((name) => !SETTINGS.includes(name))) startOver();
    draw();
  }));
  const { state } = traits;
  let trail, velocity, epoch, seen;

  // values

  const example = () => facts.examples[state.example];
  const all = { x: facts.x, y: facts.y };

  /** All weights of the network as arrays, with two numbers in the places of the two that move. */
  function arrays(numbers, prefix = "", rest = example().parameters) {
    const made = Object.fromEntries(Object.entries(rest).map(
      ([name, rows]) => [prefix + name, rows.map((row) => [...row])]));
    example().chosen.forEach(([name, row, column], n) => { made[prefix + name][row][column] = numbers[n]; });
    return made;
  }

  const entries = (found, prefix) => example().chosen.map(([name, row, column]) => found[prefix + name][row][column]);
  const cost = (w1, w2) => generated.examples[state.example].cost({ ...arrays([w1, w2]), ...all }).C;

  function gradient(numbers, samples) {
    const found = generated.examples[state.example].gradients({ ...arrays(numbers), ...samples });
    return { C: found.C, slopes: entries(found, "d") };
  }

  /** Hessian · direction, for the directions of the two weights. */
  function hessian(numbers) {
    const zeros = Object.fromEntries(Object.entries(example().parameters).map(
      ([name, rows]) => [name, rows.map((row) => row.map(() => 0))]));
    return [[1, 0], [0, 1]].map((direction) => entries(generated.examples[state.example].curvature(
      { ...arrays(numbers), ...arrays(direction, "dot_", zeros), ...all }), "dot_d"));
  }

  function batch() {
    const order = facts.orders[epoch % facts.orders.length].slice(seen, seen + state.batch_size);
    return { x: order.map((n) => facts.x[n]), y: order.map((n) => facts.y[n]) };
  }

  /** Everything that is shown of a point. */
  function values() {
    const at = [state.w1, state.w2], { C, slopes } = gradient(at, all), pushed = gradient(at, batch()).slopes;
    const [[H11, H12], [, H22]] = hessian(at), mu = state.momentum, eta = state.eta;
    const moves = at.map((w, n) => generated.step({ w, v: velocity[n], g: pushed[n], eta, mu }));
    return { C, at, slopes, pushed, H11, H12, H22, ...generated.stability({ H11, H12, H22, mu }),
             kept: velocity.map((v) => generated.step({ w: 0, v, g: 0, eta, mu }).velocity),
             full: slopes.map((g) => generated.step({ w: 0, v: 0, g, eta, mu }).velocity),
             push: pushed.map((g) => generated.step({ w: 0, v: 0, g, eta, mu }).velocity),
             velocity: moves.map((move) => move.velocity), next: moves.map((move) => move.weight) };
  }

  // elements

  const change = view.guarded((name, text) => propose(name, name in symbols ? typed(text) : text, text));
  const sliders = Object.fromEntries(Object.entries(symbols).map(
    ([name, symbol]) => [name, slider(name, symbol, facts.numbers[name], change)]));
  const examples = menu("example", "example", Object.keys(facts.examples), change);
  const bound = boundMark(facts.numbers.eta, letters.eta);
  const run = runner(view, "Step until the steps are tiny", step, 400, 120);
  const { eta, C, w } = letters;
  const buttons = [
    button("Step", `v ← μ v − ${eta} ∂${C}/∂${w} and ${w} ← ${w} + v`, view.guarded(() => { run.stop(); step(); })),
    run.element,
    button("Reset", "Back to the point at the start; the learning rate stays", view.guarded(reset)),
  ];
  const title = h("p", { class: "bplib-hint bplib-descent-title" });
  const map = costMap(letters, view.guarded((w1, w2) => {
    startOver();
    accept({ w1, w2 });
  }));
  const todo = tries(view, TRIES);
  const history = costHistory(letters.C), numbers = numberTable(facts.formulas, letters.eta);
  view.root.append(
    todo.element,
    h("div", { class: "bplib-columns" },
      h("div", { class: "bplib-controls" },
        h("div", { class: "bplib-menus" }, examples.element), title,
        sliders.w1.element, sliders.w2.element, sliders.eta.element, bound.element,
        sliders.momentum.element, sliders.batch_size.element,
        h("div", { class: "bplib-buttons" }, ...buttons), view.message, history.element),
      map.element),
    numbers.element, view.spoken);

  // changes: by hand, by a step, from Python

  function propose(name, value, text) {
    const number = facts.numbers[name];
    if (number && !fits(number, value)) {
      draw();
      return view.tell(`${symbols[name]} is the ${number.label}: ${number.expected}; given: ${text || "nothing"}.`,
                       "error");
    }
    if (value === state[name]) return draw();
    if (!SETTINGS.includes(name)) startOver();
    view.tell("");
    accept({ [name]: value, ...(name === "example" && facts.examples[value].start) });
  }

  function accept(changes) {
    traits.accept(changes);
    draw();
  }

  // descent

  /** One step of gradient descent; false where it is the last. */
  function step() {
    const { C, at, next, velocity: moved, push } = values(), after = cost(...next);
    if (!(Number.isFinite(after) && Math.hypot(...next) < FAR)) {
      view.tell("The steps diverge: each one overshoots further. Take a smaller learning rate, then Reset.", "error");
      return false;
    }
    trail.push({ at, C });
    const when = `Step ${trail.length}, epoch ${epoch + 1}`, ended = seen + state.batch_size >= facts.x.length;
    velocity = moved;
    [epoch, seen] = ended ? [epoch + 1, 0] : [epoch, seen + state.batch_size];
    accept({ w1: next[0], w2: next[1] });
    if (after > C) view.tell(`${when}: the cost rose from ${brief(C)} to ${brief(after)}.`, "warning");
    else view.tell(`${when}: the cost went from ${brief(C)} to ${brief(after)}.`);
    const length = Math.max(Math.hypot(...moved), Math.hypot(...push));
    if (length < TINY) view.tell(`${when}: the step is tiny (${brief(length)}), for the slope is almost 0 here.`);
    return length >= TINY;
  }

  /** Steps taken so far belong to a point that is no longer there. */
  function startOver() {
    run?.stop();
    [trail, velocity, epoch, seen] = [[], [0, 0], 0, 0];
    view.tell("");
  }

  /** Back to the first point; how steps are taken stays, so that one learning rate after another can be tried from there. */
  function reset() {
    const { w1, w2 } = state.example === facts.first ? facts.start : example().start;
    startOver();
    accept({ w1, w2 });
  }

  // drawing

  function draw() {
    if (draw.example !== state.example) drawExample();
    const now = values();
    for (const [name, one] of Object.entries(sliders)) one.show(state[name]);
    examples.show(state.example, () => null);
    const mini = state.batch_size < facts.x.length;
    bound.show(state.eta, now);
    todo.seen({ state, now, trail });
    map.draw(state.example, example().reach, now, trail.map((past) => past.at), cost, mini);
    history.draw([...trail.map((past) => past.C), now.C]);
    numbers.show(now, state);
    view.say(() => `${map.sentence} ${bound.sentence} ${trail.length} steps taken.`);
  }

  /** What changes with the menu alone. */
  function drawExample() {
    draw.example = state.example;
    const { title: text, reach, names } = example();
    title.textContent = `${text} Samples: two pixels of eight handwritten digits, ones and sevens.`;
    for (const name of WEIGHTS) {
      sliders[name].bound(-reach, reach);
      sliders[name].element.querySelector("var").innerHTML = names[name];
    }
    map.name(names.w1, names.w2);
    numbers.name(names);
  }

  startOver();
  const fit = () => { map.resize(); history.resize(); draw(); };
  fit();
  const ended = whenResized(view.root, view.guarded(fit));
  return () => {
    run.stop();
    traits.close();
    ended();
  };
}

/** A mark below the slider of η at the largest stable value, and what there is to say about it. */
function boundMark({ low, high }, eta) {
  const tick = h("span", { class: "bplib-descent-tick", "aria-hidden": "true" });
  const label = h("span", { class: "bplib-descent-bound-label" });
  const says = h("p", { class: "bplib-hint", "data-hint": "stable" });
  const mark = {
    element: h("div", {}, h("div", { class: "bplib-descent-bound" }, tick, label), says), sentence: "",
    show(value, { largest, smallest, bound }) {
      const curved = largest > 0, part = SCALES.log.part(bound, low, high);
      const place = curved ? Math.max(0, Math.min(1, part)) : 1;
      const beyond = curved && part > 1 ? " →" : curved && part < 0 ? " ←" : "";
      set(tick, { style: `left: ${100 * place}%`, hidden: curved ? false : "" });
      set(label, { style: place > 0.5 ? `right: ${100 * (1 - place)}%` : `left: ${100 * place}%`,
                   "data-side": place > 0.5 ? "right" : "left" });
      label.textContent = curved ? `largest stable ${eta} ${brief(bound)}${beyond}` : `no largest stable ${eta}`;
      const saddle = smallest < 0 ? " In another direction the curvature is negative: no valley floor here." : "";
      mark.sentence = !curved ? `The curvature is not positive in any direction here, so it sets no bound on ${eta}.`
        : (value > bound ? `${eta} is above ${brief(bound)}: on this curvature the steps grow instead of settling.`
          : `Up to ${eta} = ${brief(bound)} steps settle on this curvature.`) + saddle;
      says.textContent = mark.sentence;
      says.dataset.kind = curved && value > bound ? "warning" : "";
    },
  };
  return mark;
}

/** The cost over two weights, with the path, the gradients and the next step; `pick` hears of points clicked. */
function costMap({ eta, C: costLetter, w }, pick) {
  const plot = axes("", "");
  const shade = svg("image", { preserveAspectRatio: "none" });
  const lines = svg("path", { class: "bplib-descent-contour" }), labels = svg("g", { class: "bplib-descent-labels" });
  const marks = {
    trail: svg("path", { class: "bplib-descent-path" }), past: svg("path", { class: "bplib-past" }),
    full: svg("path", { class: "bplib-arrow" }), fullHead: svg("path", { class: "bplib-head" }),
    batch: svg("path", { class: "bplib-descent-batch" }), batchHead: svg("path", { class: "bplib-descent-batch-head" }),
    next: svg("path", { class: "bplib-descent-next" }), point: svg("circle", { class: "bplib-point", r: 6 }),
  };
  plot.inside.append(shade, lines, labels, ...Object.values(marks));
  const xName = h("span", { class: "bplib-descent-x", "aria-hidden": "true" });
  const yName = h("span", { class: "bplib-descent-y", "aria-hidden": "true" });
  const value = h("span", { class: "bplib-value", "data-legend": "C" });
  const sample = (mark, d) => svg("path", { class: `bplib-${mark}`, d });
  const key = (parts, ...text) => h("li", {},
    svg("svg", { width: 28, height: 12, "aria-hidden": "true" }, ...parts), h("span", {}, ...text));
  const line = "M1,6H27", dot = svg("circle", { class: "bplib-point", cx: 14, cy: 6, r: 5 });
  const element = h("div", { class: "bplib-picture" },
    h("div", { class: "bplib-descent-map" }, plot.picture, xName, yName),
    h("ul", { class: "bplib-legend" },
      key([dot], "cost here ", h("var", {}, costLetter), " ", value),
      key([sample("descent-contour", line)], "equal cost; bluer is higher"),
      key([sample("arrow", "M1,6H20"), sample("head", "M27,6l-9,-5v10z")],
          `−${eta} ∂${costLetter}/∂${w} of all samples`),
      key([sample("descent-batch", "M1,6H20"), sample("descent-batch-head", "M27,6l-9,-5v10z")],
          `−${eta} ∂${costLetter}/∂${w} of the next batch`),
      key([sample("descent-next", diamond(14, 6))], "next point"),
      key([sample("descent-path", line), sample("past", ring(14, 6))], "past steps")));

  whenPicked(plot, (x, y) => pick(Number(x.toFixed(2)), Number(y.toFixed(2))));
  let width = 0;
  const picture = {
    element, sentence: "",
    name(w1, w2) { [xName.innerHTML, yName.innerHTML] = [w1, w2]; },
    resize() { width = Math.max(200, Math.floor(element.clientWidth)); },
    draw(example, reach, { C, at, full, push, next }, past, cost, mini) {
      const [across, up] = [width - MARGIN.left - MARGIN.right, MAP - MARGIN.top - MARGIN.bottom];
      const unit = Math.min(across, up) / 2, farthest = Math.max(...[at, ...past].flat().map(Math.abs));
      const half = farthest > reach ? roundUp(farthest * 1.05) : reach;
      const ends = (size) => [-half * size / unit / 2, half * size / unit / 2];
      plot.update(width, MAP, ends(across), ends(up));
      if (plot.drawn !== picture.drawn || picture.example !== example) {
        Object.assign(picture, { drawn: plot.drawn, example });
        relief(plot, cost, shade, lines, labels);
      }
      const [u, v] = plot.at(...at), to = (by) => plot.at(at[0] + by[0], at[1] + by[1]);
      const steps = past.map((one) => plot.at(...one));
      set(marks.trail, { d: path([...steps, [u, v]]) });
      set(marks.past, { d: steps.map(([pu, pv]) => ring(pu, pv)).join("") });
      drawArrow(marks.full, marks.fullHead, [u, v], to(full));
      drawArrow(marks.batch, marks.batchHead, [u, v], mini ? to(push) : [u, v]);
      set(marks.next, { d: diamond(...plot.at(...next)) });
      set(marks.point, { cx: u, cy: v });
      value.textContent = show(C);
      picture.sentence = `At w1 = ${brief(at[0])}, w2 = ${brief(at[1])} the cost ${costLetter} is ${brief(C)}; ` +
        `the next step goes to w1 = ${brief(next[0])}, w2 = ${brief(next[1])}.`;
      const label = `Map of the cost ${costLetter} over the weights w1 and w2. ${picture.sentence}`;
      set(plot.picture, { "aria-label": label });
    },
  };
  return picture;
}

/** Shade the map by the logarithm of the cost and draw lines of equal cost, with their values. */
function relief(plot, cost, shade, lines, labels) {
  const columns = Math.floor(plot.width / CELL), rows = Math.floor(plot.height / CELL);
  const place = (column, row) => [column * plot.width / columns, row * plot.height / rows];
  const grid = Array.from({ length: rows + 1 }, (_, row) => Array.from({ length: columns + 1 },
    (_, column) => Math.log10(cost(...plot.from(...place(column, row))))));
  const known = grid.flat().filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b)), high = known.reduce((a, b) => Math.max(a, b));
  const canvas = h("canvas", { width: columns + 1, height: rows + 1 }), pen = canvas.getContext("2d");
  const image = pen.createImageData(columns + 1, rows + 1);
  grid.flat().forEach((level, n) => image.data.set([0, 114, 178, 130 * (level - low) / (high - low)], 4 * n));
  pen.putImageData(image, 0, 0);
  const [du, dv] = place(1, 1);
  set(shade, { href: canvas.toDataURL(), x: -du / 2, y: -dv / 2, width: plot.width + du, height: plot.height + dv });
  const levels = niceLevels(10 ** low, 10 ** high);
  const contours = levels.map((level) => contour(grid, Math.log10(level), place));
  set(lines, { d: contours.flat().map(([a, b]) => path([a, b])).join("") });
  const taken = [];
  labels.replaceChildren(...contours.flatMap((segments, n) => {
    const spot = freeSpot(segments.map(([start]) => start), taken, plot);
    if (!spot) return [];
    taken.push(spot);
    return [svg("text", { x: spot[0], y: spot[1] + 4, "text-anchor": "middle" }, tickLabel(levels[n]))];
  }));
}

/** Round numbers between two costs, about as many as make a readable map. */
function niceLevels(low, high) {
  const series = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]];
  const all = series.map((factors) => {
    const found = [];
    for (let n = Math.floor(Math.log10(low)); n <= Math.ceil(Math.log10(high)); n++)
      found.push(...factors.map((factor) => Number(`${factor}e${n}`)));
    return found.filter((level) => level > low && level < high);
  });
  return all.findLast((levels) => levels.length <= LEVELS) ?? all[0];
}

/** Marching squares: pieces of the line on which a grid has a level, straight within each triangle of a cell. */
function contour(grid, level, place) {
  const pieces = [];
  const between = ([c1, r1], [c2, r2]) => {
    const a = grid[r1][c1] - level, b = grid[r2][c2] - level;
    if (!(Number.isFinite(a) && Number.isFinite(b)) || (a < 0) === (b < 0)) return null;
    return place(c1 + (c2 - c1) * a / (a - b), r1 + (r2 - r1) * a / (a - b));
  };
  for (let row = 0; row + 1 < grid.length; row++)
    for (let column = 0; column + 1 < grid[row].length; column++) {
      const [nw, ne, sw, se] = [[column, row], [column + 1, row], [column, row + 1], [column + 1, row + 1]];
      for (const [a, b, c] of [[nw, ne, sw], [ne, se, sw]]) {
        const ends = [between(a, b), between(b, c), between(c, a)].filter(Boolean);
        if (ends.length === 2) pieces.push(ends);
      }
    }
  return pieces;
}

/** The place on a line nearest to the diagonal that is clear of the edges and of the places taken. */
function freeSpot(places, taken, { width, height }) {
  const off = ([u, v]) => Math.abs(u / width + v / height - 1);
  return places
    .filter(([u, v]) => u > 24 && u < width - 24 && v > 14 && v < height - 14 &&
      taken.every(([tu, tv]) => Math.abs(tu - u) > 44 || Math.abs(tv - v) > 18))
    .reduce((best, one) => (best === null || off(one) < off(best) ? one : best), null);
}

function drawArrow(line, head, [u, v], [tu, tv]) {
  const length = Math.hypot(tu - u, tv - v), size = Math.min(10, length);
  const [du, dv] = length ? [(tu - u) / length, (tv - v) / length] : [0, 0];
  const base = [tu - size * du, tv - size * dv], side = 0.5 * size;
  set(line, { d: length ? path([[u, v], base]) : "" });
  set(head, { d: length ? path([[tu, tv], [base[0] - side * dv, base[1] + side * du],
                                [base[0] + side * dv, base[1] - side * du]]) + "Z" : "" });
}

/** The cost after each step, on a logarithmic axis. */
function costHistory(letter) {
  const plot = axes("steps", letter, { yScale: "log" });
  const line = svg("path", { class: "bplib-curve" }), dots = svg("path", { class: "bplib-descent-dots" });
  plot.inside.append(line, dots);
  const element = h("div", { class: "bplib-descent-history" }, plot.picture);
  let width = 0;
  return {
    element,
    resize() { width = Math.max(200, Math.floor(element.clientWidth)); },
    draw(costs) {
      const powers = costs.map((C) => Math.log10(C)).filter(Number.isFinite);
      const low = Math.floor(Math.min(...powers)), high = Math.max(low + 1, Math.ceil(Math.max(...powers)));
      plot.update(width, HISTORY, [0, Math.max(10, roundUp(costs.length - 1, [1, 1.5, 2, 3, 5, 7]))],
                  [10 ** low, 10 ** high]);
      const places = costs.map((C, n) => plot.at(n, C));
      set(line, { d: path(places) });
      set(dots, { d: places.map(([u, v]) => ring(u, v, 2)).join("") });
      const first = costs[0], last = costs.at(-1);
      set(plot.picture, { "aria-label": `Cost after each of ${costs.length - 1} steps: ` +
        `from ${brief(first)} to ${brief(last)}.` });
    },
  };
}

/** The numbers behind the picture: a step, and the curvature. */
function numberTable(formulas, letter) {
  const cells = {};
  const cell = (name) => h("td", {}, cells[name] = h("span", { class: "bplib-value", "data-value": name }));
  const head = (math, words, scope = "row") => h("th", { scope }, typesetSpan(math), h("small", {}, ` ${words}`));
  const second = { H11: "first weight", H12: "both weights", H22: "second weight" };
  const heads = Object.fromEntries(Object.entries(second).map(([name, words]) => [name, head("", words)]));
  const weights = ["first", "second"].map((words) => head("", words, "col"));
  const row = (name, math, words) => h("tr", {}, head(math, words), cell(`${name}1`), cell(`${name}2`));
  const single = (name, math, words) => h("tr", {}, head(math, words), cell(name));
  const step = h("table", {}, h("caption", {}, "The next step, weight by weight"),
    h("tr", {}, h("td"), ...weights),
    row("slope", formulas.slope, "all samples"), row("pushed", formulas.slope, "next batch"),
    row("kept", formulas.kept, "kept velocity"), row("push", formulas.push, "next batch"),
    row("velocity", formulas.velocity, "velocity"), row("next", formulas.weight, "weight"));
  const curvature = h("table", {}, h("caption", {}, "The curvature here, all samples"),
    ...Object.entries(heads).map(([name, th]) => h("tr", {}, th, cell(name))),
    single("largest", formulas.largest, "largest curvature"),
    single("smallest", formulas.smallest, "smallest curvature"),
    single("bound", formulas.bound, `largest stable ${letter}`));
  return {
    element: h("div", { class: "bplib-descent-numbers" }, step, curvature),
    name(names) {
      WEIGHTS.forEach((name, n) => { weights[n].firstChild.innerHTML = names[name]; });
      for (const [name, th] of Object.entries(heads)) th.firstChild.innerHTML = names[name];
    },
    show({ slopes, pushed, kept, push, velocity, next, ...now }) {
      const pairs = { slope: slopes, pushed, kept, push, velocity, next };
      for (const [name, pair] of Object.entries(pairs))
        pair.forEach((value, n) => { cells[`${name}${n + 1}`].textContent = show(value); });
      for (const name of ["H11", "H12", "H22", "largest", "smallest"]) cells[name].textContent = show(now[name]);
      cells.bound.textContent = now.largest > 0 ? show(now.bound) : "none";
    },
  };
}

function typesetSpan(math) {
  const span = h("span");
  span.innerHTML = math;
  return span;
}

function ring(u, v, r = 3) {
  return `M${(u - r).toFixed(1)},${v.toFixed(1)}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`;
}

function diamond(u, v) {
  return `M${u.toFixed(1)},${(v - 6).toFixed(1)}l6,6l-6,6l-6,-6z`;
}

export default explorer("Descent explorer", descentView);
