// The view of a network that is drawn.  Formulas, numbers and programs come from Python, for the drawing that it names.

const NO_ANSWER = 8000, KEPT_DRAWINGS = 200, KEPT_ANSWERS = 50, WEIGHT = { low: -3, high: 3, step: 0.05 };
const NUMBER = { low: -2, high: 2, step: 0.05 }, PROBABILITY = { low: 0, high: 1 };

/** What to try, and when it is done: with what was picked by hand, its paths, and what was refused. */
const TRIES = [
  ["click an arrow. Along how many paths does its weight reach the cost?", ({ picked, paths }) => picked && paths > 1],
  ["press Play. Which δ is computed first, and on which of the others does each one wait?", ({ back }) => back],
  ["draw arrows until a weight reaches the cost along 3 paths or more.", ({ paths }) => paths >= 3],
  ["draw an arrow that closes a cycle. Why can there be none?", ({ cycle }) => cycle],
  ["make the δ of a unit exactly 0. What has to be 0 for that? There are several ways.", ({ silent }) => silent],
];

function builderView(model, view) {
  const facts = model.get("facts"), { phrase } = view, { most, losses } = facts;
  const traits = synchronised(model, ["drawing", "answer", "wanted", "eta"], view.guarded(heard)), { state } = traits;
  const python = "widget_manager" in model, lossName = (loss) => phrase(loss);
  const answers = new Map();  // what a derivation is of → the answer of Python
  let past = [], chosen = arrowsOf(state.drawing)[0] ?? { node: Object.keys(nodesOf(state.drawing))[0] };
  let written = {};  // what sliders show: an answer of Python, while one types into their fields, leaves them alone
  let asked = null, start = null, derived = null, numbers = null, waiting = null, unanswered = false;
  let steps = [], last = {}, taken = 0;  // of the walk: its steps, and the one with which a number is complete

  // elements

  const change = view.guarded(propose), press = (work) => view.guarded(() => { view.tell(""); work(); });
  const picture = builderPicture(phrase, Object.fromEntries(Object.entries({ choose, connect, add, move, remove, cancel }).map(
    ([name, work]) => [name, view.guarded(work)])));
  const todo = tries(view, TRIES.map(([text, done]) => [phrase(text), done]));
  const sliders = {
    weight: slider("weight", "", { ...WEIGHT, label: phrase("weight") }, change, phrase),
    number: slider("number", "", { ...NUMBER, label: phrase("input or target") }, change, phrase),
    bias: slider("bias", "", { ...WEIGHT, label: phrase("bias") }, change, phrase),
  };
  const eta = slider("eta", "η", facts.numbers.eta, change, phrase);
  const nameField = h("input", { type: "text", autocomplete: "off", spellcheck: "false", dir: "ltr" });
  nameField.addEventListener("change", view.guarded(() => rename(nameField.value.trim().normalize("NFKC"))));
  const tokens = networkTokens(picture.element, picture.route, (key) => text(at(key)), (key) => Math.sign(at(key)));
  const walk = walkPlayer(view, { count: 0, turn: 0 }, fly, watch), display = stepDisplay();
  const player = h("div", { class: "bplib-walk", role: "group", "aria-label": phrase("step by step") },
                   walk.element, display.element);
  const activation = menu("activation", phrase("activation"), facts.activations, change);
  const loss = menu("loss", phrase("loss"), Object.keys(losses), change);
  for (const option of loss.element.querySelectorAll("option")) option.textContent = lossName(option.value);
  const biases = h("input", { type: "checkbox" });
  biases.addEventListener("change", view.guarded(() => accept("bias", { ...state.drawing, bias: biases.checked })));
  const connecting = button(phrase("Connect"), phrase("An arrow from the chosen unit to the one that you choose next"),
                            press(begin));
  const undo = button(phrase("Undo"), phrase("Take back the last change"), press(back));
  const named = h("p", { class: "bplib-builder-chosen" });
  const note = h("p", { class: "bplib-hint" });
  const derivation = h("div", { class: "bplib-builder-derived" });
  const program = h("pre", { class: "bplib-builder-code", tabindex: "0", role: "group", "aria-label": phrase("in Python") });
  view.root.append(
    todo.element,
    h("div", { class: "bplib-buttons bplib-builder-tools" },
      button(phrase("Add input"), phrase("One more input"), press(addInput)),
      button(phrase("Add unit"), phrase("One more unit, fed by the one that is chosen"), press(addUnit)), connecting,
      button(phrase("Remove"), phrase("Take away the unit or the arrow that is chosen"), press(() => remove(chosen))), undo,
      button(phrase("Start again"), phrase("Back to the network at the start"),
             press(() => accept("start", facts.start)))),
    picture.element, player, view.message,
    h("div", { class: "bplib-columns" },
      h("div", { class: "bplib-controls" }, named, h("label", { class: "bplib-builder-rename" }, phrase("name"), " ", nameField),
        ...Object.values(sliders).map((one) => one.element), eta.element,
        h("div", { class: "bplib-buttons" },
          button(phrase("Step"), phrase("Every weight {formula}", { formula: "w ← w − η ∂C/∂w" }), press(step)))),
      h("div", { class: "bplib-controls" }, activation.element, loss.element,
        h("label", {}, biases, " ", phrase("units have a bias")),
        h("p", { class: "bplib-hint" }, phrase(
          "Click a free place for a unit; drag the dot of one to another for an arrow. With keys: arrow keys move a unit, Delete removes it, Connect begins an arrow.")))),
    note, derivation,
    h("p", { class: "bplib-builder-heading" }, phrase("The same network in Python")), program,
    h("div", { class: "bplib-buttons" }, button(phrase("Copy"), phrase("Copy these lines"), press(copy))), view.spoken);

  // changes

  function heard(changed) {
    if (changed.includes("drawing")) {
      taken = 0;
      remember("python", heard.drawing);
      start = null;
    }
    heard.drawing = state.drawing;
    if (changed.includes("answer")) understand();
    draw();
  }

  /** Keep a drawing for Undo; the same number moved again and again counts once. */
  function remember(kind, drawing) {
    const again = kind.startsWith("number") && past.at(-1)?.kind === kind;
    if (!again) past.push({ kind, drawing, chosen });
    if (past.length > KEPT_DRAWINGS) past.shift();
  }

  function accept(kind, drawing, next = chosen) {
    if (kind !== "step") taken = 0;
    remember(kind, state.drawing);
    become(drawing, next);
  }

  function become(drawing, next) {
    [chosen, start] = [next, null];
    heard.drawing = drawing;
    traits.accept({ drawing });
    ask();
    draw();
  }

  function back() {
    const last = past.pop();
    become(last.drawing, last.chosen);
  }

  function refuse(words) {
    view.tell(words, "error");
    draw();
  }

  function cancel() {
    start = null;
    view.tell("");
    draw();
  }

  function choose(what) {
    view.tell("");
    if (start && what.node) return connect({ from: start, to: what.node });
    [chosen, start] = [what, null];
    todo.seen(standing({ picked: !what.node }));
    draw();
  }

  function begin() {
    if (!chosen.node) return refuse(phrase("Choose the unit or input where the arrow begins, then press Connect."));
    start = chosen.node;
    view.tell(phrase("Now choose the unit that {from} is to feed. Escape ends this.", { from: start }));
    draw();
    picture.button({ node: start }).focus();
  }

  function connect(arrow) {
    const why = objection(phrase, state.drawing, arrow);
    start = null;
    todo.seen(standing({ cycle: Boolean(why) && after(state.drawing, arrow.to).has(arrow.from) }));
    if (why) return refuse(why);
    view.tell("");
    accept("arrow", withArrow(state.drawing, arrow, nextWeight()), arrow);
  }

  const nextWeight = () => facts.new.weights[arrowsOf(state.drawing).length % facts.new.weights.length];

  function isFull() {
    const full = Object.keys(nodesOf(state.drawing)).length >= most;
    if (full) refuse(phrase("There are {n} inputs and units, and no more can be drawn. Remove one first.", { n: most }));
    return full;
  }

  function addInput() {
    if (isFull()) return;
    const name = freeName(state.drawing, "x"), values = facts.new.inputs;
    const value = values[Object.keys(state.drawing.inputs).length % values.length];
    accept("input", withNode(state.drawing, "inputs", name, { value, at: freePlace([0]) }), { node: name });
  }

  /** A unit in a place, fed by `from`; a place of its own where it is not given. */
  function add(at, from) {
    if (isFull()) return;
    const name = freeName(state.drawing, "h");
    const unit = { from: from ? { [from]: nextWeight() } : {}, bias: 0, activation: "tanh", target: facts.new.target, at };
    view.tell(from ? "" : phrase("{name} is fed by nothing yet: drag from the dot of another one to it.", { name }));
    accept("unit", withNode(state.drawing, "units", name, unit), { node: name });
  }

  function addUnit() {
    add(freePlace([0.2, 0.4, 0.6, 0.8, 1]), chosen.node ?? null);
  }

  /** The place in some columns that is farthest from all others. */
  function freePlace(columns) {
    const taken = Object.values(nodesOf(state.drawing)).map(({ at }) => at);
    const places = columns.flatMap((u) => [0.1, 0.3, 0.5, 0.7, 0.9].map((v) => [u, v]));
    const distance = (place) => Math.min(...taken.map((at) => Math.hypot(2 * (at[0] - place[0]), at[1] - place[1])), 1);
    return places.reduce((best, place) => (distance(place) > distance(best) + 1e-9 ? place : best));
  }

  function move(node, at) {
    accept(`number at ${node}`, changedNode(state.drawing, node, { at }), start ? chosen : { node });
  }

  function remove(what) {
    if (what.to) return accept("arrow", withoutArrow(state.drawing, what), { node: what.to });
    const rest = withoutNode(state.drawing, what.node), left = Object.keys(nodesOf(rest));
    if (!left.length) return refuse(phrase("{node} is the last one there is. Add another one first.", what));
    const inside = picture.element.contains(document.activeElement);
    accept("node", rest, { node: left.at(-1) });
    if (inside) picture.button(chosen).focus();
  }

  function propose(name, entered) {
    view.tell("");
    written = {};
    const { drawing } = state, { node } = chosen;
    if (name === "eta") return learnAt(entered);
    if (name === "loss") return accept("loss", withTargets({ ...drawing, loss: entered }));
    if (name === "activation") return accept("activation", changedNode(drawing, node, { activation: entered }));
    const value = typed(entered), given = entered || phrase("nothing");
    if (!Number.isFinite(value)) return refuse(phrase("A finite number is expected; given: {given}.", { given }));
    if (name === "weight") {
      const { from, to } = asked.arrow, weights = { ...drawing.units[to].from, [from]: value };
      return accept(`number ${asked.arrow.from} ${to}`, changedNode(drawing, to, { from: weights }));
    }
    const part = name === "bias" ? "bias" : drawing.units[node] ? "target" : "value";
    if (part === "target" && losses[drawing.loss].targets === "probability" && !(value >= 0 && value <= 1))
      return refuse(phrase("{loss} takes targets y from 0 to 1, probabilities; given: {given}.",
                           { loss: lossName(drawing.loss), given }));
    accept(`number ${part} ${node}`, changedNode(drawing, node, { [part]: value }));
  }

  function learnAt(entered) {
    const value = typed(entered), given = entered || phrase("nothing"), { label, expected } = facts.numbers.eta;
    if (!fits(facts.numbers.eta, value))
      return refuse(phrase("η is the {label}: {expected}; given: {given}.", { label, expected, given }));
    traits.accept({ eta: value });
    draw();
  }

  function rename(wanted) {
    const { node } = chosen;
    if (wanted === node) return draw();
    const why = objectionToName(phrase, state.drawing, wanted);
    if (why) return refuse(why);
    view.tell("");
    accept("name", renamed(state.drawing, node, wanted), { node: wanted });
  }

  /** A step downhill: Undo takes it back. */
  function step() {
    if (!numbers) return refuse(standsNote());
    const before = numbers.losses;
    const drawing = descended(state.drawing, state.eta, (parameter) => numbers[`dlosses_d${parameter}`]);
    const after = derived.pass(givenBy(drawing)).losses;
    if (!Number.isFinite(after)) return refuse(phrase("The steps diverge. Press Undo, then choose a smaller η."));
    taken += 1;
    if (walk.now.watching || walk.now.at < steps.length) walk.leave(steps.length);
    accept("step", drawing);
    const change = { n: taken, before: brief(before), after: brief(after) };
    if (after > before) view.tell(phrase("The step overshoots: C rose from {before} to {after}.", change), "warning");
    else view.tell(phrase("Step {n}: C went from {before} to {after}.", change));
  }

  /** Targets that the loss can take. */
  function withTargets(drawing) {
    if (losses[drawing.loss].targets !== "probability") return drawing;
    const units = Object.entries(drawing.units).map(([name, unit]) =>
      [name, { ...unit, target: Math.min(1, Math.max(0, unit.target)) }]);
    return { ...drawing, units: Object.fromEntries(units) };
  }

  async function copy() {
    const range = document.createRange();
    range.selectNodeContents(program);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    try {
      await navigator.clipboard.writeText(program.textContent);
      view.tell(phrase("Copied. Paste it into a cell below."));
    } catch {
      view.tell(phrase("The lines are marked, and can be copied."));
    }
  }

  // Python: one question at a time, and always about what stands there when the last one is answered

  /** Why the drawing is no network, in words; "" where it is one. */
  function missing({ units, loss: name } = state.drawing) {
    const loose = Object.keys(units).filter((unit) => !Object.keys(units[unit].from).length);
    const { outputs } = losses[name];
    const unfit = outputsOf(state.drawing).filter((unit) => !outputs.includes(units[unit].activation));
    if (!Object.keys(units).length) return phrase("This is no network yet: it has no unit. Add one.");
    if (loose.length) return phrase("This is no network yet: nothing leads to {units}. Draw an arrow there, or remove it.",
                                    { units: loose });
    if (unfit.length) return phrase("{loss} takes outputs of {outputs}: choose that for {units}, or another loss.",
                                    { loss: lossName(name), outputs, units: unfit });
    return "";
  }

  function ask() {
    if (!python || waiting !== null || missing() || answers.has(structureOf(state.drawing))) return;
    unanswered = false;
    waiting = setTimeout(view.guarded(() => {
      [waiting, unanswered] = [null, true];
      draw();
    }), NO_ANSWER);
    traits.accept({ wanted: state.wanted + 1 });
  }

  /** Take in the answer of Python; an exception on the way is shown on the page. */
  function understand() {
    hearAnswer().catch(view.guarded((error) => { throw error; }));
  }

  async function hearAnswer() {
    const { answer } = state, found = answer.error ? {} : await loaded(answer.code);
    if (answer !== state.answer) return;
    clearTimeout(waiting);
    waiting = null;
    answers.set(structureOf(answer.of), { ...answer, ...found });
    if (answers.size > KEPT_ANSWERS) answers.delete(answers.keys().next().value);
    unanswered = false;
    ask();
    draw();
  }

  // numbers

  /** Values of parameters, inputs and targets, by their names in the derived code. */
  function givenBy(drawing) {
    const { inputs, units, bias } = drawing, given = {};
    Object.values(inputs).forEach(({ value }, n) => { given[`x_${n + 1}`] = value; });
    outputsOf(drawing).forEach((name, n) => { given[`y_${n + 1}`] = units[name].target; });
    for (const [name, unit] of Object.entries(units)) {
      if (bias) given[`b_${name}`] = unit.bias;
      for (const [from, w] of Object.entries(unit.from)) given[weightName({ from, to: name })] = w;
    }
    return given;
  }

  /** All numbers of the sample; what an input gives on is its value. */
  function compute() {
    const given = givenBy(state.drawing), found = { ...given, ...derived.pass(given) };
    for (const [name, { value }] of Object.entries(state.drawing.inputs)) found[`a_${name}`] = value;
    for (const parameter of Object.keys(derived.ways)) found[`d${parameter}`] = found[`dlosses_d${parameter}`];
    return { ...found, C: found.losses };
  }

  const at = (name) => numbers?.[name] ?? NaN;
  const text = (value, written = brief) => (Number.isNaN(value) ? "·" : written(value));

  // the walk through the computation

  /** The player goes through what is derived. */
  function follow() {
    if (derived === follow.derived) return false;
    follow.derived = derived;
    steps = derived?.walk?.steps ?? [];
    last = Object.fromEntries(steps.map(({ key }, n) => [key, n + 1]));
    if (steps.length) {
      const { code, formulas } = derived.walk, number = `${MINUS}0.0000`;
      display.reserve({ sentences: steps.map((one) => happens(one, () => number)), codes: Object.values(code),
                        lines: Object.values(formulas).map((one) => formula(one, "= ", h("b", {}, number))) });
    }
    walk.take({ count: steps.length, turn: last.C });
    return true;
  }

  function fly(n, rate, landed) {
    const step = steps[n - 1];
    return step.moves.length ? tokens.fly(step, flightOf(step), rate, landed) : null;
  }

  /** The walk has gone on. */
  function watch() {
    draw();
    const { watching, arrived } = walk.now;
    if (watching && arrived === watch.before + 1) picture.flash(steps[arrived - 1].key);
    watch.before = arrived;
  }

  const known = (key) => (last[key] ?? 0) <= walk.now.arrived;

  /** A sum as far as it has grown; NaN where nothing has arrived. */
  function grown(key) {
    const step = steps.slice(0, walk.now.arrived).findLast((one) => one.key === key);
    return step ? sum(step.terms ?? [key]) : NaN;
  }

  const sum = (keys) => keys.reduce((total, key) => total + at(key), 0);

  /** What a node or a weight is called in a sentence. */
  function words(key) {
    const [kind, from, to] = key.split("_");
    return kind === "w" ? phrase("weight from {from} to {to}", { from, to }) :
      kind === "b" ? phrase("bias of {unit}", { unit: from }) : from;
  }

  function happens(step, written = brief) {
    return HAPPENS[step.kind](step, {
      phrase, bias: state.drawing.bias, complete: !step.terms || steps[last[step.key] - 1] === step, delta: "δ", words,
      named: (key) => (/^[wb]_/.test(key) ? capital(words(key)) : words(key)), number: (key) => written(at(key)),
      sum: (keys) => written(sum(keys)) });
  }

  function drawWalk() {
    player.hidden = !steps.length;
    const { at: place, arrived, watching, playing } = walk.now, step = (watching && steps[place - 1]) || null;
    display.draw({
      sentence: step ? happens(step) :
        watching ? phrase("Nothing is computed yet: there are the inputs and the weights.") :
        phrase("Play shows how numbers go forward to the cost, and how its derivatives come back along the edges."),
      aloud: watching && !playing, codeLine: step ? derived.walk.code[step.formula] : "",
      name: step && step.key + place, terms: null,
      line: step && (() => formula(derived.walk.formulas[step.formula], "= ", h("b", { "data-sum": step.key }))),
    });
    for (const one of display.element.querySelectorAll("b[data-sum]"))
      renew(one, "textContent", text(known(step.key) ? at(step.key) : grown(step.key), show));
    const resting = step?.kind.match(/weight$|bias$/) ? steps.slice(0, arrived).filter(({ kind }) => kind === step.kind) : [];
    tokens.rest(resting.map(({ key }) => [key, picture.spot(key.slice(1))]));
    tokens.draw();
    picture.watch({ watching, card: step && step.at, moves: step ? step.moves : [], sign: (key) => Math.sign(at(key)) });
  }

  // drawing

  /** The parameter that is looked at: the weight of the last arrow that was chosen, or the bias of a unit. */
  function lookAt() {
    const { drawing } = state, { node } = chosen, exists = ({ from, to }) => Object.hasOwn(drawing.units[to]?.from ?? {}, from);
    const gone = node ? !Object.hasOwn(nodesOf(drawing), node) : !exists(chosen);
    if (gone) chosen = arrowsOf(drawing)[0] ?? { node: Object.keys(nodesOf(drawing))[0] };
    const arrow = chosen.to ? chosen : asked?.arrow && exists(asked.arrow) ? asked.arrow : arrowsOf(drawing)[0] ?? null;
    const own = drawing.bias && drawing.units[chosen.node];
    asked = own ? { arrow, origin: phrase("bias"), name: `b_${chosen.node}`, unit: chosen.node } :
      { arrow, origin: arrow?.from, name: arrow && weightName(arrow), unit: arrow?.to };
  }

  /** How things stand, for what is to be tried. */
  function standing(more = {}) {
    lookAt();
    const silent = (name) => numbers?.[`delta_${name}`] === 0;
    const { watching, arrived } = walk.now, back = watching && steps[arrived - 1]?.key.startsWith("delta");
    return { picked: false, cycle: false, back, paths: asked.unit ? pathsToCost(state.drawing)[asked.unit] : 0,
             silent: Object.keys(state.drawing.units).some(silent), ...more };
  }

  function draw() {
    lookAt();
    const { drawing } = state, { node } = chosen, unit = drawing.units[node], input = drawing.inputs[node];
    derived = answers.get(structureOf(drawing)) ?? null;
    numbers = derived?.pass ? compute() : null;
    if (follow()) return;
    const so = (key) => (known(key) ? at(key) : NaN);
    const number = (name) => ({ value: drawing.inputs[name]?.value ?? so(`a_${name}`), delta: so(`delta_${name}`),
                                weighted: so(`z_${name}`), grown: grown(`da_${name}`) });
    picture.draw({ drawing, chosen, from: start, lit: onTheWay(), number, told, cost: so("C") });
    drawWalk();
    named.textContent = told(chosen);
    renew(nameField, "value", node ?? "");
    renew(nameField, "disabled", !node);
    eta.show(state.eta);
    const outputs = new Set(outputsOf(drawing));
    const shown = { weight: asked.arrow && drawing.units[asked.arrow.to].from[asked.arrow.from],
                    number: input ? input.value : outputs.has(node) ? unit.target : null,
                    bias: drawing.bias && unit ? unit.bias : null };
    const { low, high } = unit && losses[drawing.loss].targets === "probability" ? PROBABILITY : NUMBER;
    sliders.number.bound(low, high);
    const { arrow } = asked;
    label(sliders.weight, phrase("weight"), arrow ? `${arrow.from} → ${arrow.to}` : "");
    label(sliders.number, ...(input ? [phrase("input"), node] : outputs.has(node) ? [phrase("target of"), node] :
      [phrase("input or target"), ""]));
    label(sliders.bias, phrase("bias"), unit ? node : "");
    for (const [name, one] of Object.entries(sliders)) {
      if (written[name] !== shown[name]) one.show(shown[name] ?? 0);
      if (shown[name] === null) one.element.lastChild.value = "";
      for (const part of one.element.querySelectorAll("input")) renew(part, "disabled", shown[name] === null);
    }
    written = shown;
    const takes = (name, g) => losses[name].outputs.includes(g);
    const unfit = (name) => phrase("{loss} takes outputs of {outputs}.",
                                   { loss: lossName(name), outputs: losses[name].outputs });
    activation.show(unit ? unit.activation : facts.activations[0],
                    (g) => (outputs.has(node) && !takes(drawing.loss, g) ? unfit(drawing.loss) : null));
    renew(activation.element.querySelector("select"), "disabled", !unit);
    if (!unit) renew(activation.element.querySelector("select"), "value", "");
    loss.show(drawing.loss, (name) =>
      ([...outputs].every((one) => takes(name, drawing.units[one].activation)) ? null : unfit(name)));
    renew(biases, "checked", drawing.bias);
    renew(undo, "disabled", !past.length);
    set(connecting, { "aria-pressed": start !== null });
    renew(program, "textContent", missing() ? `# ${missing()}` : pythonOf(drawing));
    write();
    for (const place of derivation.querySelectorAll("[data-number]")) {
      const value = product(place.dataset.number.split(" "), at), words = text(value, show);
      renew(place, "textContent", value < 0 && "later" in place.dataset ? `(${words})` : words);
    }
    todo.seen(standing());
    if (!walk.now.watching) view.say(sentence);
  }

  /** Say of what a slider is. */
  function label({ element }, words, symbol) {
    const place = element.querySelector("span");
    if (place.textContent === `${words} ${symbol}`) return;
    place.replaceChildren(`${words} `, h("var", {}, symbol));
    set(element.lastChild, { "aria-label": phrase("{label} {symbol}, typed", { label: words, symbol }) });
  }

  const product = (names, at) => names.reduce((so, name) => so * at(name), 1);

  /** The names of units and weights that a change of the chosen parameter passes. */
  function onTheWay() {
    if (!asked.unit) return new Set();
    const reached = after(state.drawing, asked.unit);
    return new Set([...reached, ...arrowsOf(state.drawing).filter(({ from }) => reached.has(from)).map(weightName),
                    asked.name]);
  }

  function told({ node, from, to }) {
    const { drawing } = state;
    if (to) return phrase("weight from {from} to {to}: {w}", { from, to, w: brief(drawing.units[to].from[from]) });
    if (drawing.inputs[node]) return phrase("{node}: input, {value}", { node, value: brief(drawing.inputs[node].value) });
    const { activation: g, from: sources } = drawing.units[node], feeding = Object.keys(sources);
    return feeding.length ? phrase("{node}: {g} of the weighted sum of {sources}", { node, g, sources: feeding }) :
      phrase("{node}: {g}, fed by nothing yet", { node, g });
  }

  function sentence() {
    const paths = asked.unit ? pathsToCost(state.drawing)[asked.unit] : 0;
    const words = [phrase("Inputs {inputs}; units {units}.", { inputs: Object.keys(state.drawing.inputs),
                                                               units: Object.keys(state.drawing.units) })];
    if (missing()) words.push(missing());
    else if (asked.name) words.push(phrase("{name} reaches the cost along {n} paths.", { name: asked.name, n: paths }));
    if (numbers) words.push(phrase("The cost C is {cost}; its derivative with respect to {name} is {slope}.", {
      cost: brief(numbers.losses), name: asked.name, slope: brief(numbers[`dlosses_d${asked.name}`]) }));
    return words.join(" ");
  }

  // what Python has derived

  function standsNote() {
    if (missing()) return missing();
    if (derived) return derived.error ?? "";
    if (python && !unanswered) return phrase("Python derives the gradients …");
    return phrase("The derivation of this drawing needs Python: run this notebook. The lines below make the network there.");
  }

  function write() {
    const words = standsNote(), current = derived !== null && !derived.error;
    renew(note, "textContent", words);
    note.hidden = !words;
    derivation.hidden = !current && waiting === null;
    set(derivation, { "data-old": !current });
    if (!current || (write.asked === asked.name && write.derived === derived)) return;
    const open = [...derivation.querySelectorAll("details")].map((one) => one.open);
    Object.assign(write, { asked: asked.name, derived });
    const { symbol, count, paths, short, deltas } = derived.ways[asked.name], whole = `dlosses_d${asked.name}`;
    const heading = (...words) => h("p", { class: "bplib-builder-heading" }, ...words);
    derivation.replaceChildren(
      heading(count === 1 ? phrase("One path to the cost: multiply along it") :
        phrase("{n} paths to the cost: multiply along each, add them up", { n: count })),
      ...paths.map(pathOf), paths.length ? sumOf(symbol, paths, whole) :
        h("p", {}, phrase("Too many to write out. The error terms add them up, unit by unit:")),
      heading(phrase("In short, by error terms δ")),
      ...[[short, whole], ...deltas.map((name) => [derived.deltas[name], name])].map(([code, name]) =>
        formula(code, "= ", valueOf([name]))),
      details(phrase("All equations"), ...derived.equations.map((code) => formula(code))),
      details(phrase("The generated NumPy code"), codeOf(derived.numpy)));
    derivation.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? false; });
  }

  function formula(code, ...more) {
    return h("p", { class: "bplib-builder-formula" }, h("span", { dir: "ltr" }, mathIn(code), " ", ...more));
  }

  /** A place for a product of numbers; one that is not the first of a line stands in brackets where it is negative. */
  function valueOf(names, later = false) {
    return h("b", { "data-number": names.join(" "), "data-later": later && "" });
  }

  /** A path: the units on it, and its factors, each above its formula and its number. */
  function pathOf({ units, factors }) {
    const columns = factors.map((name, n) => {
      const cells = [...derived.factors[name].map(mathIn), valueOf([name], n > 0)];
      return h("span", {}, ...cells.map((one) => h("span", {}, n ? "·\u2002" : "", one)));
    });
    const tall = columns.some((one) => one.querySelector(":nth-child(2) :is(mfrac, mtable)"));
    return h("div", { class: "bplib-builder-path", dir: "ltr", "data-tall": tall },
      h("p", {}, [asked.origin, ...units, "C"].join(" → "), ": ", valueOf(factors)), h("div", {}, ...columns));
  }

  /** The derivative as the sum over its paths, where there are several. */
  function sumOf(symbol, paths, whole) {
    const terms = paths.flatMap(({ factors }, n) => [n ? " + " : "", valueOf(factors, n > 0)]);
    return paths.length > 1 ? formula(symbol, "= ", ...terms, " = ", valueOf([whole])) : "";
  }

  function mathIn(code) {
    const place = h("span");
    place.innerHTML = code;
    return place;
  }

  function details(summary, ...content) {
    return h("details", {}, h("summary", {}, summary), ...content);
  }

  function codeOf(code) {
    return h("pre", { class: "bplib-builder-code", tabindex: "0", role: "group", "aria-label": phrase("code") }, code);
  }

  heard.drawing = state.drawing;
  draw();
  understand();
  const ended = whenResized(picture.element, view.guarded(draw));
  return () => {
    clearTimeout(waiting);
    walk.close();
    traits.close();
    ended();
  };
}

export default explorer("Graph builder", builderView);
