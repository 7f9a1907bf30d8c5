// The view of difference quotients.  All values come from generated functions: activations[name].cost, .gradients and
// .complex_cost of arrays, and quotients of costs.

const METHODS = {
  forward: { title: "forward difference", rule: "√2⁻⁵²", power: 2, shape: "a straight line" },
  central: { title: "central difference", rule: "∛2⁻⁵²", power: 3, shape: "a parabola" },
  complex_step: { title: "complex step", shape: "a parabola" },
};
const ROUNDING = 2 ** -53, EPSILONS = [1e-20, 1], ERRORS = [1e-17, 100], PER_DECADE = 12, HEIGHT = 380;
const NEAR = 4, EXACT = 1e-14, SHORT = 1e-15;

const isBest = (name) => ({ state, best }) => best[name] && Math.abs(Math.log10(state.epsilon / best[name].epsilon)) < 0.3;

/** What to try, and when it is done: with the state, and the point with the smallest error of each method. */
const TRIES = [
  ["find the ε at which the forward difference has its smallest error.", isBest("forward")],
  ["the same for the central difference: is its ε longer or shorter, and what is its error?", isBest("central")],
  ["ε = 10⁻¹⁵: which of the three still has its digits?", ({ state }) => state.epsilon <= SHORT],
  ["choose relu. Why is there no complex step?", ({ state }) => state.activation === "relu"],
];

const ABOUT = "A long step misses the slope: make ε ten times smaller, and the error of the forward difference falls " +
  "to a tenth, those of the other two to a hundredth. A short step leaves few digits: in the numbers below, pale " +
  "digits are the same in both costs and cancel, bold ones remain. Underlined digits of a quotient are right.";

function quotientsView(model, view, generated) {
  const facts = model.get("facts"), names = ["activation", "parameter", "epsilon"];
  const traits = synchronised(model, names, view.guarded(draw));
  const { state } = traits;

  // values

  /** The cost with the chosen weight moved by a real number, or by i times one. */
  function moved(by, imaginary = 0) {
    const { cost, complex_cost } = generated.activations[state.activation];
    const [name, ...at] = facts.entries[state.parameter], parameters = structuredClone(facts.parameters), last = at.pop();
    const row = at.reduce((rows, n) => rows[n], parameters[name]);
    row[last] = imaginary ? { re: row[last], im: imaginary } : row[last] + by;
    const given = { ...parameters, x: facts.x, y: facts.y };
    return imaginary ? complex_cost?.(given).C.im : cost(given).C;
  }

  function derived() {
    const [name, ...at] = facts.entries[state.parameter];
    const found = generated.activations[state.activation].gradients({ ...facts.parameters, x: facts.x, y: facts.y });
    return at.reduce((rows, n) => rows[n], found[`d${name}`]);
  }

  /** Costs, quotients and errors at one ε; a complex step that does not exist is NaN. */
  function values(epsilon, cost, slope) {
    const given = { cost, plus: moved(epsilon), minus: moved(-epsilon), imaginary: moved(0, epsilon) ?? NaN, epsilon,
                    derived: slope };
    return { ...given, ...generated.quotients(given) };
  }

  // elements

  const change = view.guarded((name, text) => propose(name, name === "epsilon" ? typed(text) : text, text));
  const epsilon = slider("epsilon", "ε", facts.numbers.epsilon, change);
  const menus = { activation: menu("activation", "activation", Object.keys(facts.refused), change),
                  parameter: menu("parameter", "parameter", Object.keys(facts.entries), change) };
  const plot = errorPlot(view.guarded((value) => propose("epsilon", value)));
  const todo = tries(view, TRIES);
  const slope = h("p", { class: "bplib-gradient-derived" });
  const blocks = Object.fromEntries(Object.entries(METHODS).map(
    ([name, { title }]) => [name, methodBlock(name, title)]));
  view.root.append(
    todo.element,
    h("div", { class: "bplib-columns" },
      h("div", { class: "bplib-controls" },
        h("div", { class: "bplib-menus" }, menus.activation.element, menus.parameter.element), epsilon.element,
        view.message, slope,
        h("p", { class: "bplib-hint" }, ABOUT)),
      plot.element),
    ...Object.values(blocks).map((block) => block.element), view.spoken);

  function propose(name, value, text) {
    const number = facts.numbers[name];
    if (number && !fits(number, value)) {
      draw();
      return view.tell(`ε is the ${number.label}: ${number.expected}; given: ${text || "nothing"}.`, "error");
    }
    view.tell("");
    if (value !== state[name]) traits.accept({ [name]: value });
    draw();
  }

  // drawing

  let curves;

  function draw() {
    if (draw.at !== `${state.activation} ${state.parameter}`) drawCurves();
    const now = values(state.epsilon, curves.cost, curves.slope);
    epsilon.show(state.epsilon);
    plot.draw(curves, now);
    for (const [name, block] of Object.entries(blocks)) {
      const refused = name === "complex_step" ? facts.refused[state.activation] : null;
      block.show(now, curves, facts.numbered[name], refused);
    }
    todo.seen({ state, best: curves.best });
    view.say(() => plot.sentence);
  }

  /** What changes with the menus alone. */
  function drawCurves() {
    draw.at = `${state.activation} ${state.parameter}`;
    for (const [name, one] of Object.entries(menus)) one.show(state[name], () => null);
    const cost = moved(0), found = derived(), decades = Math.log10(EPSILONS[1] / EPSILONS[0]);
    const points = Array.from({ length: Math.floor(decades * PER_DECADE + 0.5) + 1 },
      (_, n) => values(EPSILONS[0] * 10 ** (n / PER_DECADE), cost, found));
    const best = Object.fromEntries(Object.keys(METHODS).map((name) => [name, bestOf(points, name)]));
    curves = { cost, slope: found, points, best };
    const formulas = facts.names[state.parameter];
    slope.innerHTML = `Derived: ${formulas.slope} = <span class="bplib-value" data-value="derived">${full(found)}</span>`;
    for (const [name, block] of Object.entries(blocks)) block.name(formulas[name]);
  }

  const fit = () => { plot.resize(); draw(); };
  fit();
  const ended = whenResized(view.root, view.guarded(fit));
  return () => {
    traits.close();
    ended();
  };
}

/** The point with the smallest error; among those that are exact to rounding the one with the largest ε. */
function bestOf(points, name) {
  const error = (one) => Math.max(one[`${name}_error`], 2 * ROUNDING);
  return points.filter((one) => Number.isFinite(one[name]))
    .reduce((best, one) => (best === null || error(one) <= error(best) ? one : best), null);
}

/** Relative errors over ε, both logarithmic; `pick` hears of an ε that was clicked. */
function errorPlot(pick) {
  const plot = axes("ε", "error", { xScale: "log", yScale: "log" });
  const rules = svg("g", { class: "bplib-gradient-rules" }), now = svg("path", { class: "bplib-gradient-now" });
  const marks = Object.fromEntries(Object.keys(METHODS).map((name) => [name, {
    curve: svg("path", { class: `bplib-gradient-curve bplib-gradient-${name}` }),
    best: svg("path", { class: `bplib-gradient-best bplib-gradient-${name}` }),
    point: svg("path", { class: `bplib-gradient-point bplib-gradient-${name}` }),
  }]));
  plot.inside.append(svg("rect", { width: "100%", height: "100%", fill: "transparent" }), now, rules,
    ...Object.values(marks).flatMap((mark) => Object.values(mark)));
  const errors = Object.fromEntries(Object.keys(METHODS).map(
    (name) => [name, h("span", { class: "bplib-value", "data-legend": name })]));
  const key = (parts, ...text) => h("li", {},
    svg("svg", { width: 34, height: 14, "aria-hidden": "true" }, ...parts), h("span", {}, ...text));
  const legend = h("ul", { class: "bplib-legend" }, ...Object.entries(METHODS).map(([name, { title }]) => key(
      [svg("path", { class: `bplib-gradient-curve bplib-gradient-${name}`, d: "M1,7H33" }),
       svg("path", { class: `bplib-gradient-point bplib-gradient-${name}`, d: symbol(name, 17, 7) })],
      `${title} `, errors[name])),
  key([svg("path", { class: "bplib-gradient-best", d: circle(17, 7, 6) })], "smallest error of each"));
  const element = h("div", { class: "bplib-picture bplib-gradient-plot" }, plot.picture, legend);
  whenPicked(plot, (epsilon) => pick(Math.max(EPSILONS[0], Math.min(EPSILONS[1], Number(epsilon.toPrecision(3))))));
  let width = 0;
  const place = (point, name) => plot.at(point.epsilon, Math.max(point[`${name}_error`], ROUNDING));
  const picture = {
    element, sentence: "",
    resize() { width = Math.max(200, Math.floor(element.clientWidth)); },
    draw({ points, best }, at) {
      plot.update(width, HEIGHT, EPSILONS, ERRORS);
      drawRules(plot, rules);
      const [u] = plot.at(at.epsilon, 1);
      set(now, { d: `M${u},0V${plot.height}` });
      for (const [name, mark] of Object.entries(marks)) {
        const exists = Number.isFinite(at[name]);
        set(mark.curve, { d: exists ? path(points.map((point) => place(point, name))) : "" });
        set(mark.best, { d: exists ? circle(...place(best[name], name), 7) : "" });
        set(mark.point, { d: exists ? symbol(name, ...place(at, name)) : "" });
        errors[name].textContent = exists ? show(at[`${name}_error`]) : "does not exist";
      }
      const said = Object.entries(METHODS).map(([name, { title }]) => Number.isFinite(at[name])
        ? `${title} ${brief(at[`${name}_error`])}` : `${title}: does not exist`);
      picture.sentence = `Relative errors at ε = ${brief(at.epsilon)}: ${said.join(", ")}.`;
      set(plot.picture, { "aria-label": `Relative error over ε, both axes logarithmic. ${picture.sentence}` });
    },
  };
  return picture;
}

/** The rules of thumb for ε, and the error that a number itself may have. */
function drawRules(plot, rules) {
  if (rules.drawn === plot.drawn) return;
  rules.drawn = plot.drawn;
  const halo = "paint-order: stroke; stroke: var(--ground); stroke-width: 4px";  // lines cross the words
  const text = (u, v, words, anchor) => svg("text", { x: u, y: v, "text-anchor": anchor, style: halo }, words);
  const vertical = Object.values(METHODS).filter((method) => method.power).flatMap(({ power, rule }) => {
    const [u] = plot.at((2 * ROUNDING) ** (1 / power), 1);
    const label = power === 2 ? text(u - 3, 13, rule, "end") : text(u + 3, 13, rule, "start");
    return [svg("path", { d: `M${u},0V${plot.height}` }), label];
  });
  const [, v] = plot.at(1, ROUNDING);
  rules.replaceChildren(...vertical, svg("path", { d: `M0,${v}H${plot.width}` }),
    text(plot.width - 4, v + 12, "2⁻⁵³: equal in every digit", "end"));
}

/** One quotient: its formula, the same with today's numbers, and what limits it. */
function methodBlock(name, title) {
  const formula = h("span"), numbers = h("span", { class: "bplib-gradient-numbers" });
  const says = h("p", { class: "bplib-hint" });
  const value = h("span", { class: "bplib-gradient-value", "data-value": name });
  const line = h("div", { class: "bplib-gradient-line", tabindex: 0, role: "group",
                          "aria-label": `${title}, with numbers` }, formula, numbers, value);
  const mark = svg("svg", { width: 20, height: 14, "aria-hidden": "true" },
    svg("path", { class: `bplib-gradient-point bplib-gradient-${name}`, d: symbol(name, 10, 7) }));
  const { shape } = METHODS[name];
  return {
    element: h("div", { class: "bplib-gradient-block" },
      h("p", { class: "bplib-gradient-title" }, mark, ` ${title}`), line, says),
    name(math) { formula.innerHTML = math; },
    show(now, { best, slope }, template, refused) {
      line.hidden = Boolean(refused);
      if (refused) return void (says.textContent = refused);
      numbers.innerHTML = "= " + filledIn(template, now, name);
      value.innerHTML = "= " + digits(now[name], slope, "right");
      says.textContent = limit(name, now, best[name], shape);
    },
  };
}

/** What limits a quotient at this ε, in words. */
function limit(name, now, best, shape) {
  const least = `Its smallest error is ${brief(best[`${name}_error`])}, at ε = ${brief(best.epsilon)}`;
  const parabola = name === "central" && best.central_error < EXACT;
  const rule = parabola ? "; around it the cost is a parabola, so that rounding is the only error."
    : METHODS[name].power ? `; the rule of thumb is ${METHODS[name].rule}.` : " and everywhere below.";
  const lost = name !== "complex_step" && now.plus === now.cost && now.minus === now.cost;
  if (lost) return `The step is lost: w + ε rounds to w, and the difference is 0. ${least}${rule}`;
  if (now.epsilon > NEAR * best.epsilon)
    return `ε is too long a step: within it the cost is not ${shape}. ${least}${rule}`;
  if (name === "complex_step") return `Nothing is subtracted, so no digits cancel, however small ε is. ${least}${rule}`;
  if (now.epsilon < best.epsilon / NEAR)
    return `ε is too short a step: most digits of the two costs cancel, and rounding is what remains. ${least}${rule}`;
  return `ε is about right. ${least}${rule}`;
}

/** A formula with numbers for its names; digits that the two costs share are marked. */
function filledIn(template, now, name) {
  const other = { plus: name === "forward" ? now.cost : now.minus, minus: now.plus, cost: now.plus };
  return template.replace(/<mtext>(\w+)<\/mtext>/g, (_, which) => (which in other
    ? digits(now[which], other[which], "same") : `<mrow>${scientific(now[which])}</mrow>`));
}

/** All digits of a number as MathML, those that it shares with another in an element of the given class. */
function digits(value, other, kind) {
  const text = full(value), compared = full(other);
  let shared = 0;
  while (shared < text.length && text[shared] === compared[shared]) shared += 1;
  const math = `<mrow><mn class="bplib-gradient-${kind}">${text.slice(0, shared)}</mn>` +
    `<mn class="bplib-gradient-rest">${text.slice(shared)}</mn></mrow>`;
  return kind === "right" ? `<math>${math}</math>` : math;
}

/** A number with the 17 digits that tell it from all others. */
function full(value) {
  const [number, exponent] = value.toPrecision(17).split("e");
  return number.replace("-", MINUS) + (exponent ? `·${powerOfTen(Number(exponent))}` : "");
}

function scientific(value) {
  const [number, exponent] = value.toExponential().split("e");
  const power = `<msup><mn>10</mn><mn>${exponent.replace("+", "").replace("-", MINUS)}</mn></msup>`;
  if (Math.abs(exponent) < 4) return `<mn>${String(value).replace("-", MINUS)}</mn>`;
  return number === "1" ? power : `<mn>${number.replace("-", MINUS)}</mn><mo>·</mo>${power}`;
}

/** A mark of its own for each method: circle, square, triangle. */
function symbol(name, u, v) {
  if (name === "forward") return circle(u, v, 5);
  return name === "central" ? `M${u - 5},${v - 5}h10v10h-10z` : `M${u},${v - 6}l6,11h-12z`;
}

function circle(u, v, r) {
  return `M${u - r},${v}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`;
}

export default explorer("Gradient check explorer", quotientsView);
