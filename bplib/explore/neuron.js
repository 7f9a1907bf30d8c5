// The view of one neuron.  All values come from generated functions: pairs[activation][loss]({w, b, x, y}).

const SYMBOLS = { w: "w", b: "b", x: "x", y: "y", eta: "η" };
const CHAINS = [["z", "a", "C"], ["dC_dw", "dC_da", "da_dz", "dz_dw"], ["dC_db", "dC_da", "da_dz", "dz_db"]];
const TINY = 1e-4, FAR = 1e6, HEIGHT = 300, LOWER = 220, POINTS = 240, FLAT = 0.02;
const ENTROPY = "binary cross entropy";

/** What to try, and when it is done: with the state, the values there, and whether the last step has overshot. */
const TRIES = [
  ["press Step. Which way does w go while the slope of C is positive?", ({ trail }) => trail.length > 0],
  ["drag the point on the curve of C to where the slope is almost 0. What does a step do there?",
   ({ now }) => Math.abs(now.dC_dw) < FLAT],
  ["make a as wrong as you can, with C large: why is the slope small all the same? Look at the curve of a.",
   ({ now }) => Math.abs(now.dC_dw) < FLAT && Math.abs(now.dC_da) > 1],
  ["choose binary cross entropy there. Which factor has it lost?", ({ state }) => state.loss === ENTROPY],
  ["find an η with which a step overshoots: C goes up.", ({ overshot }) => overshot],
];

function neuronView(model, view, { pairs }) {
  const facts = model.get("facts"), names = [...Object.keys(SYMBOLS), "activation", "loss"];
  const traits = synchronised(model, names, view.guarded((changed) => {
    if (changed.some((name) => name !== "eta")) startOver();
    draw();
  }));
  const { state } = traits, { phrase } = view;
  const shown = (value) => Number.isNaN(value) ? phrase("undefined") : show(value);
  const values = (changes = {}) => {
    const now = { ...state, ...changes };
    return pairs[now.activation][now.loss](now);
  };
  let trail = [], overshot = false;

  // elements

  const change = view.guarded((name, text) => propose(name, name in SYMBOLS ? typed(text) : text, text));
  const sliders = Object.fromEntries(Object.entries(SYMBOLS).map(
    ([name, symbol]) => [name, slider(name, symbol, facts.numbers[name], change, phrase)]));
  const menus = { activation: menu("activation", phrase("activation"), Object.keys(facts.refused), change),
                  loss: menu("loss", phrase("loss"), Object.keys(Object.values(facts.refused)[0]), change) };
  for (const option of menus.loss.element.querySelectorAll("option")) option.textContent = phrase(option.value);
  const run = runner(view, phrase("Step until the steps are tiny"), step);
  const buttons = [
    button(phrase("Step"), phrase("{first} and {second}", { first: "w ← w − η ∂C/∂w", second: "b ← b − η ∂C/∂b" }),
       view.guarded(() => { run.stop(); step(); })), run.element,
    button(phrase("Reset"), phrase("Back to the values at the start"), view.guarded(reset)),
  ];
  const refused = h("p", { class: "bplib-hint" });
  const note = h("p", { class: "bplib-hint" });
  const chains = CHAINS.map((chain) => chainOf(chain, facts.names, phrase, shown));
  const plot = costPlot(view.guarded((w) => change("w", String(w))), phrase, shown);
  const lower = activationPlot(view.guarded((z) => change("b", String(rounded(z - state.w * state.x)))), phrase, shown);
  const todo = tries(view, TRIES.map(([text, done]) => [phrase(text), done]));
  view.root.append(
    todo.element,
    h("div", { class: "bplib-columns" },
      h("div", { class: "bplib-controls" },
        h("div", { class: "bplib-menus" }, menus.activation.element, menus.loss.element), refused,
        ...Object.values(sliders).map((one) => one.element),
        h("div", { class: "bplib-buttons" }, ...buttons), view.message),
      plot.element),
    h("div", { class: "bplib-columns bplib-below" }, lower.element,
      h("div", { class: "bplib-controls" }, ...chains.map((chain) => chain.element), note)),
    view.spoken);

  // changes: by hand, by a step, from Python

  /** Why a value cannot be, in words; nothing where it can. */
  function objection(name, value, text) {
    const number = facts.numbers[name];
    if (number && !(Number.isFinite(value) && (number.least === null || value >= number.least)))
      return phrase("{symbol} is the {label}: {expected}; given: {given}.", {
        symbol: SYMBOLS[name], label: number.label, expected: number.expected, given: text || phrase("nothing") });
    const { activation, loss, y } = { ...state, [name]: value };
    if (facts.refused[activation][loss]) return facts.refused[activation][loss];
    if (facts.probability.includes(loss) && !(y >= 0 && y <= 1))
      return phrase("{loss} takes a target y from 0 to 1, a probability; given: {given}.",
                    { loss: phrase(loss), given: `y = ${brief(y)}` });
  }

  function propose(name, value, text) {
    const problem = objection(name, value, text);
    if (problem) {
      drawPair();
      draw();
      return view.tell(problem, "error");
    }
    if (value === state[name]) return draw();
    if (name !== "eta") startOver();
    view.tell("");
    accept({ [name]: value });
  }

  function accept(changes) {
    traits.accept(changes);
    draw();
  }

  // descent

  /** One step of gradient descent; false where it is the last. */
  function step() {
    const { C, dC_dw, dC_db } = values();
    const next = { w: state.w - state.eta * dC_dw, b: state.b - state.eta * dC_db };
    const after = values(next).C;
    if (!(Number.isFinite(after) && Math.abs(next.w) < FAR && Math.abs(next.b) < FAR)) {
      view.tell(phrase("The steps diverge: each one overshoots further. Press Reset, then choose a smaller η."), "error");
      return false;
    }
    trail.push({ w: state.w, C });
    overshot = after > C;
    accept(next);
    const moved = { n: trail.length, before: brief(C), after: brief(after) };
    if (overshot) view.tell(phrase("The step overshoots: C rose from {before} to {after}.", moved), "warning");
    else view.tell(phrase("Step {n}: C went from {before} to {after}.", moved));
    const length = state.eta * Math.hypot(dC_dw, dC_db);
    if (length < TINY) view.tell(state.eta === 0 ? phrase("η is 0: a step moves nothing.") :
      phrase("The step is tiny ({size}): the slope is almost 0 here.", { size: brief(length) }));
    return length >= TINY;
  }

  /** Steps taken so far belong to values that are no longer there. */
  function startOver() {
    run.stop();
    [trail, overshot] = [[], false];
    view.tell("");
  }

  /** Back to the first numbers; the menus stay, so a first y that the loss cannot take stays out too. */
  function reset() {
    const problem = objection("y", facts.start.y, "");
    startOver();
    accept({ ...facts.start, ...(problem && { y: state.y }) });
    if (problem) view.tell(problem, "error");
  }

  // drawing

  function draw() {
    const { activation, loss } = state, now = values();
    for (const [name, one] of Object.entries(sliders)) one.show(state[name]);
    if (draw.pair !== `${activation}, ${loss}`) drawPair();
    for (const chain of chains) chain.show(now);
    plot.draw(state, now, values, trail);
    lower.draw(state, now, values);
    todo.seen({ state, now, trail, overshot });
    view.say(() => `${plot.sentence} ` + phrase("z is {z}, a is {a}.", { z: brief(now.z), a: brief(now.a) }));
  }

  /** What changes with the menus alone. */
  function drawPair() {
    const { activation, loss } = state, formulas = facts.formulas[activation][loss];
    draw.pair = `${activation}, ${loss}`;
    menus.activation.show(activation, (other) => facts.refused[other][loss]);
    menus.loss.show(loss, (other) => facts.refused[activation][other]);
    const row = Object.values(facts.refused[activation]);
    const column = Object.values(facts.refused).map((other) => other[loss]);
    refused.textContent = [...row, ...column].find(Boolean) ?? "";
    const number = facts.numbers.y, probability = facts.probability.includes(loss);
    sliders.y.bound(probability ? 0 : number.low, probability ? 1 : number.high);
    sliders.y.show(state.y);
    for (const chain of chains) chain.formulas(formulas);
    note.innerHTML = formulas.note;
  }

  const fit = () => { plot.resize(); lower.resize(); draw(); };
  fit();
  const ended = whenResized(plot.element, view.guarded(fit));
  return () => {
    run.stop();
    traits.close();
    ended();
  };
}

/** A row of quantities, each with its name, its formula and its value; a product first, then its factors. */
function chainOf(parts, names, phrase, shown) {
  const product = parts[0].startsWith("dC");
  const cells = Object.fromEntries(parts.map((name) => [name, {
    formula: h("div", { class: "bplib-formula" }),
    value: h("div", { class: "bplib-value", "data-value": name }),
  }]));
  const sign = (text) => h("div", { class: "bplib-sign", "aria-hidden": "true" }, text);
  const boxes = parts.flatMap((name, n) => {
    const heading = h("div", { class: "bplib-heading" });
    heading.innerHTML = names[name];
    const box = h("div", { class: "bplib-factor" }, heading, cells[name].formula, cells[name].value);
    return n === 0 ? [box] : [sign(!product ? "→" : n === 1 ? "=" : "·"), box];
  });
  return {
    element: h("div", {
      class: "bplib-chain", "data-kind": product ? "product" : "forward", role: "group",
      "aria-label": product ? phrase("chain rule") : phrase("forward"),
    }, ...boxes),
    formulas(texts) {
      for (const [name, cell] of Object.entries(cells)) cell.formula.innerHTML = texts[name] ?? "";
    },
    show(now) {
      for (const [name, cell] of Object.entries(cells)) renew(cell.value, "textContent", shown(now[name]));
    },
  };
}

/** A number that was pointed at, with no more digits than a pointer has. */
const rounded = (value) => Number(value.toPrecision(3));

/** The cost as a function of w, with the point, its tangent, the next step and the steps before; `pick` hears of a w. */
function costPlot(pick, phrase, shown) {
  const plot = axes("w", "C");
  const marks = {
    curve: svg("path", { class: "bplib-curve" }), tangent: svg("path", { class: "bplib-tangent" }),
    trail: svg("path", { class: "bplib-trail" }), past: svg("path", { class: "bplib-past" }),
    arrow: svg("path", { class: "bplib-arrow" }), head: svg("path", { class: "bplib-head" }),
    point: svg("circle", { class: "bplib-point", r: 6 }),
  };
  plot.inside.append(handle(), ...Object.values(marks));
  whenPicked(plot, (w) => pick(rounded(w)));
  const [cost, slope, next] = ["C", "dC_dw", "next"].map(
    (name) => h("span", { class: "bplib-value", "data-legend": name }));
  const sample = (mark, d) => svg("path", { class: `bplib-${mark}`, d });
  const key = (marks, ...text) => h("li", {},
    svg("svg", { width: 28, height: 12, "aria-hidden": "true" }, ...marks), h("span", {}, ...text));
  const line = "M1,6H27", dot = svg("circle", { class: "bplib-point", cx: 14, cy: 6, r: 4 });
  const element = h("div", { class: "bplib-picture" }, plot.picture, h("ul", { class: "bplib-legend" },
    key([sample("curve", line), dot], `${phrase("cost")} `, h("var", {}, "C"), " ", cost),
    key([sample("tangent", line)], `${phrase("slope {formula}", { formula: "∂C/∂w" })} `, slope),
    key([sample("arrow", "M1,6H20"), sample("head", "M27,6l-9,-5v10z")],
      `${phrase("next step {formula}", { formula: "−η ∂C/∂w" })} `, next),
    key([sample("trail", line), sample("past", ring(14, 6))], phrase("past steps, each with its own b"))));
  let width = 0;
  const picture = {
    element, sentence: "",
    resize() { width = Math.max(280, Math.floor(element.clientWidth)); },
    draw({ w, eta }, { C, dC_dw }, values, trail) {
      const farthest = Math.max(5, Math.abs(w), ...trail.map((past) => Math.abs(past.w)));
      const end = farthest > 5 ? roundUp(farthest * 1.1) : 5;
      const curve = Array.from({ length: POINTS + 1 }, (_, n) => -end + 2 * end * n / POINTS)
        .map((at) => [at, values({ w: at }).C]);
      const highest = Math.max(C, ...curve.map(([, height]) => height), ...trail.map((past) => past.C));
      const top = roundUp(Math.max(highest, 1e-9), [1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8]);
      plot.update(width, HEIGHT, [-end, end], [-0.04 * top, 1.02 * top]);
      const [u, v] = plot.at(w, C), past = trail.map((one) => plot.at(one.w, one.C));
      const tangent = [-end, end].map((at) => plot.at(at, C + dC_dw * (at - w)));
      const [to] = plot.at(w - eta * dC_dw, C), tip = Math.min(Math.max(to, 0), plot.width);
      const size = Math.min(9, Math.abs(tip - u)) * Math.sign(tip - u);
      set(marks.curve, { d: path(curve.map(([at, height]) => plot.at(at, height))) });
      set(marks.tangent, { d: path(tangent) });
      set(marks.trail, { d: path([...past, [u, v]]) });
      set(marks.past, { d: past.map(([pu, pv]) => ring(pu, pv)).join("") });
      set(marks.arrow, { d: path([[u, v], [tip - size, v]]) });
      const half = Math.max(3, Math.abs(size) / 2);
      set(marks.head, { d: size ? `M${tip},${v}l${-size},${-half}v${2 * half}z` : "" });
      set(marks.point, { cx: u, cy: v });
      cost.textContent = shown(C);
      slope.textContent = shown(dC_dw);
      next.textContent = shown(-eta * dC_dw);
      picture.sentence = phrase("At {w} the cost C is {cost} and its slope {slope}; the next step changes w by {step}.",
        { w: `w = ${brief(w)}`, cost: brief(C), slope: brief(dC_dw), step: brief(-eta * dC_dw) });
      set(plot.picture, { "aria-label": `${phrase("Cost C as a function of the weight w.")} ${picture.sentence}` });
    },
  };
  return picture;
}

/** The output as a function of the weighted sum, with the point, its tangent and the target; `pick` hears of a z. */
function activationPlot(pick, phrase, shown) {
  const plot = axes("z", "a");
  const marks = {
    target: svg("path", { class: "bplib-target" }), curve: svg("path", { class: "bplib-curve" }),
    tangent: svg("path", { class: "bplib-tangent" }), point: svg("circle", { class: "bplib-point", r: 6 }),
  };
  plot.inside.append(handle(), ...Object.values(marks));
  whenPicked(plot, (z) => pick(z));
  const key = (mark, ...text) => h("li", {}, svg("svg", { width: 28, height: 12, "aria-hidden": "true" },
    svg("path", { class: `bplib-${mark}`, d: "M1,6H27" })), h("span", {}, ...text));
  const slope = h("span", { class: "bplib-value", "data-legend": "da_dz" });
  const element = h("div", { class: "bplib-picture" }, plot.picture, h("ul", { class: "bplib-legend" },
    key("curve", `${phrase("output")} `, h("var", {}, "a = g(z)")),
    key("tangent", `${phrase("its slope {formula}", { formula: "∂a/∂z" })} `, slope),
    key("target", `${phrase("target")} `, h("var", {}, "y"))));
  let width = 0;
  return {
    element,
    resize() { width = Math.max(280, Math.floor(element.clientWidth)); },
    draw({ y }, { z, a, da_dz: steep }, values) {
      const end = Math.abs(z) > 6 ? roundUp(Math.abs(z) * 1.1) : 6;
      const curve = Array.from({ length: POINTS + 1 }, (_, n) => -end + 2 * end * n / POINTS)
        .map((at) => [at, values({ w: 1, b: 0, x: at }).a]);
      const heights = [a, y, ...curve.map(([, height]) => height)].filter(Number.isFinite);
      const low = Math.min(0, ...heights), high = Math.max(1, ...heights), margin = 0.06 * (high - low);
      plot.update(width, LOWER, [-end, end], [low - margin, high + margin]);
      const [u, v] = plot.at(z, a);
      set(marks.curve, { d: path(curve.map(([at, height]) => plot.at(at, height))) });
      set(marks.tangent, { d: path([-end, end].map((at) => plot.at(at, a + steep * (at - z)))) });
      set(marks.target, { d: path([-end, end].map((at) => plot.at(at, y))) });
      if (Number.isFinite(u + v)) set(marks.point, { cx: u, cy: v });
      slope.textContent = shown(steep);
      set(plot.picture, { "aria-label": phrase(
        "Output a as a function of the weighted sum z. At {z} it is {a}, its slope {slope}; the target is {y}.",
        { z: `z = ${brief(z)}`, a: brief(a), slope: brief(steep), y: brief(y) }) });
    },
  };
}

/** Something to hold, all over a plot: without it the pointer would find the lines alone. */
function handle() {
  return svg("rect", { class: "bplib-handle", width: "100%", height: "100%", fill: "transparent" });
}

function ring(u, v) {
  return `M${u.toFixed(1)},${v.toFixed(1)}m-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0`;
}

export default explorer("Neuron explorer", neuronView);
