// The view of training.  All values come from generated functions: networks[depth](g, slope), activations[name].

const NUMBERS = { eta: "η", l2: "λ" }, BATCHES = [1, 2, 5, 10, 30, 50, 150];
const TELLS_APART = 0.95, BOUNDLESS = 50;

/** What to try, and when it is done: with the state, the steps taken, and what was measured. */
const TRIES = [
  ["press Run. What do the units of layer 1 find, and what those of layer 2?",
   ({ steps, right }) => steps > 0 && Math.min(...right) >= TELLS_APART],
  ["one hidden layer with one unit: which line can it draw, and which not?",
   ({ state, steps }) => steps > 10 && state.hidden.length === 1 && state.hidden[0] === 1],
  ["six hidden layers of sigmoids. Which layer learns first, and which hardly at all?",
   ({ state }) => state.activation === "sigmoid" && state.hidden.length === 6],
  [`relu, and a learning rate of ${2 * BOUNDLESS}: what becomes of the gradients?`,
   ({ state, steps }) => state.activation === "relu" && state.eta >= BOUNDLESS && steps > 0],
];
const BUDGET = 8, SENT_EVERY = 1000, STILL = 1000, KEPT = 600, FAR = 1e6, TALL = 230;

function trainingView(model, view, generated) {
  const facts = model.get("facts"), starting = ["data", "hidden", "activation", "seed", "weights", "steps_done"];
  const names = [...starting, "eta", "batch_size", "l2", "speed"];
  const traits = synchronised(model, names, view.guarded(heard)), { state } = traits;
  const pupil = learner(state, facts.samples, generated);
  let history = [], layer = 1, request = null, sent = 0, drawn = { at: 0, cost: 0 };

  // elements

  const change = view.guarded(propose);
  const sliders = Object.fromEntries(Object.entries(NUMBERS).map(
    ([name, symbol]) => [name, slider(name, symbol, facts.numbers[name], change)]));
  const upTo = (most) => Array.from({ length: most }, (_, n) => String(n + 1));
  const menus = {
    data: menu("data", "data", facts.menus.data, change),
    activation: menu("activation", "activation", facts.menus.activation, change),
    layers: menu("layers", "hidden layers", upTo(facts.deepest), change),
    width: menu("width", "units in each", upTo(facts.widest), change),
    batch_size: menu("batch_size", "batch size", BATCHES.map(String), change),
    speed: menu("speed", "speed", facts.menus.speed, change),
  };
  const todo = tries(view, TRIES);
  const runButton = button("Run", "Step after step until you stop", view.guarded(() => request ? stop() : run()));
  const buttons = [
    button("Step", "w ← w − η ∂C/∂w, with the gradient over one batch", view.guarded(() => { stop(); once(); })),
    runButton, button("Reset", "Back to step 0 and the weights of the seed", view.guarded(() => restart())),
    button("New weights", "The next seed: other weights, another order of samples",
           view.guarded(() => restart({ seed: state.seed + 1 })))];
  runButton.classList.add("bplib-main");
  const values = Object.fromEntries(["cost_train", "cost_test", "right_train", "right_test", "step", "epoch", "seed",
    "penalty"].map((name) => [name, h("span", { class: "bplib-value", "data-value": name })]));
  const head = (text, scope) => h("th", { scope }, text);
  const row = (title, ...cells) => h("tr", {}, head(title, "row"), ...cells.map((cell) => h("td", {}, cell)));
  const table = h("table", { class: "bplib-training-table" },
    h("tr", {}, h("td", {}), head("training", "col"), head("test", "col")),
    row("cost C", values.cost_train, values.cost_test), row("accuracy", values.right_train, values.right_test));
  const counts = h("p", { class: "bplib-training-counts" }, "step ", values.step, " epoch ", values.epoch,
    " seed ", values.seed, " penalty ", values.penalty);
  const map = outputMap();
  const logarithmic = h("input", { type: "checkbox" });
  const traces = ["bplib-training-train", "bplib-training-test"];
  const layers = upTo(facts.deepest + 1);
  const kinds = layers.map((_, n) => `bplib-training-layer-${n + 1}`);
  let costs = linesOverSteps(traces, false);
  const sizes = linesOverSteps(kinds, true);
  const costPicture = h("div", { class: "bplib-picture" }, h("p", {}, "cost C over steps",
    h("label", { class: "bplib-training-log" }, logarithmic, " logarithmic")), costs.element);
  const sizePicture = h("div", { class: "bplib-picture" },
    h("p", {}, "size of ∂C/∂W over steps, by layer"), sizes.element);
  const sentence = h("p", { class: "bplib-hint", "data-value": "sentence" });
  const bars = layerBars(facts.deepest + 1, sentence, view.guarded((chosen) => { layer = chosen; draw(); }));
  const formulas = layerFormulas();
  const units = layers.slice(0, -1).map((_, n) => unitMaps(n + 1));
  const around = (...children) => h("div", { class: "bplib-columns" }, ...children);
  view.root.append(
    todo.element,
    around(h("div", { class: "bplib-controls" },
      h("div", { class: "bplib-menus" }, ...Object.values(menus).map((one) => one.element)),
      ...Object.values(sliders).map((one) => one.element), h("div", { class: "bplib-buttons" }, ...buttons),
      view.message, table, counts), map.element),
    h("p", {}, "what each unit gives over the plane: the lowest output in its layer is orange, the highest blue"),
    h("div", { class: "bplib-training-tiles" }, ...units.map((one) => one.element)),
    around(costPicture, sizePicture),
    around(h("div", { class: "bplib-controls" }, bars.element), formulas.element), view.spoken);
  logarithmic.addEventListener("change", view.guarded(() => {
    costs = linesOverSteps(traces, logarithmic.checked);
    costPicture.lastChild.replaceWith(costs.element);
    draw();
  }));

  // changes: by hand, from Python

  function propose(name, text) {
    if (name === "layers" || name === "width") return restart({ hidden: widths(name, Number(text)) });
    if (starting.includes(name)) return restart({ [name]: text });
    if (name === "speed") return traits.accept({ speed: text });
    const value = name === "batch_size" ? Number(text) : typed(text), number = facts.numbers[name];
    if (!fits(number, value)) {
      draw();
      const given = text || "nothing";
      return view.tell(`${NUMBERS[name]} is the ${number.label}: ${number.expected}; given: ${given}.`, "error");
    }
    if (!request) view.tell("");
    traits.accept({ [name]: value });
    if (!request) draw();
  }

  function widths(name, chosen) {
    if (name === "width") return state.hidden.map(() => chosen);
    return Array.from({ length: chosen }, (_, n) => state.hidden[n] ?? state.hidden.at(-1));
  }

  /** Weights of the seed, step 0. */
  function restart(changes = {}) {
    halt();
    view.tell("");
    const next = { ...state, ...changes };
    traits.accept({ ...changes, weights: generated.initial([2, ...next.hidden, 1], next.seed), steps_done: 0 });
    begin();
  }

  function heard(names) {
    if (names.some((name) => starting.includes(name))) {
      halt();
      begin();
    } else if (!request) draw();
  }

  /** Start from the weights that the model has. */
  function begin() {
    pupil.begin();
    history = [];
    draw();
  }

  // time

  function step() {
    if (pupil.step()) return true;
    view.tell("The steps diverge: the weights grow beyond all bounds. Press Reset, then choose a smaller η.", "error");
    return false;
  }

  function once() {
    if (step()) view.tell("");
    send();
    draw();
  }

  function run() {
    view.tell("Training …");
    runButton.textContent = "Stop";
    sent = drawn.at = performance.now();
    request = requestAnimationFrame(frame);
  }

  /** As many steps as the speed asks for and a frame has time for; then a picture, where the last one is old enough. */
  const frame = view.guarded(() => {
    if (!view.root.getClientRects().length) return stop("Stopped, because this was out of sight.");
    const start = performance.now(), most = facts.speeds[state.speed];
    for (let n = 0; n < most && performance.now() - start < BUDGET; n++)
      if (!step()) return stop(null);
    const pause = still() ? STILL : 2 * drawn.cost;
    if (performance.now() - drawn.at > pause) draw();
    else note(pupil.measured());
    if (performance.now() - sent > SENT_EVERY) send();
    request = requestAnimationFrame(frame);
  });

  /** End a run; with null the message stays. */
  function stop(text = `Stopped after step ${pupil.steps}.`) {
    if (!request) return;
    halt();
    if (text !== null) view.tell(text);
    send();
    draw();
  }

  function halt() {
    cancelAnimationFrame(request);
    request = null;
    runButton.textContent = "Run";
  }

  function send() {
    sent = performance.now();
    if (pupil.steps !== state.steps_done) traits.accept({ weights: pupil.weights, steps_done: pupil.steps });
  }

  // drawing

  function draw() {
    const start = performance.now(), found = pupil.measured(), { gradient } = found;
    note(found);
    drawSettings();
    const told = `At step ${pupil.steps} the cost is ${brief(found.train)} on the training points and ` +
      `${brief(found.test)} on the test points; the accuracy is ${found.right.map(percent).join(" and ")}.`;
    drawNumbers(found);
    todo.seen({ state, steps: pupil.steps, right: found.right });
    drawMaps(told);
    drawLines(told);
    layer = Math.min(layer, gradient.length);
    bars.choose(layer);
    bars.draw(gradient);
    drawFormulas(gradient.length, found.arrays);
    sentence.textContent = comparison(gradient);
    view.say(() => `${told} ${comparison(gradient)}`);
    drawn = { at: performance.now(), cost: performance.now() - start };
  }

  function drawNumbers({ train, test, right, penalty }) {
    const texts = { cost_train: show(train), cost_test: show(test), right_train: percent(right[0]),
                    right_test: percent(right[1]), step: String(pupil.steps), seed: String(state.seed),
                    epoch: (pupil.steps / pupil.batches).toFixed(1), penalty: show(penalty) };
    for (const [name, text] of Object.entries(texts)) values[name].textContent = text;
  }

  function drawSettings() {
    for (const [name, one] of Object.entries(sliders)) one.show(state[name]);
    const same = state.hidden.every((width) => width === state.hidden[0]);
    const chosen = { ...state, layers: state.hidden.length, width: same ? state.hidden[0] : state.hidden.join(", ") };
    for (const [name, one] of Object.entries(menus)) offer(one, String(chosen[name]));
  }

  function drawMaps(told) {
    const { weights, samples } = pupil, frame = `${state.data}, ${map.element.clientWidth}`;
    const colours = endColours(view.root), key = [frame, state.activation, ...colours].join();
    if (drawMaps.key === key && drawMaps.weights === weights) return;
    if (drawMaps.frame !== frame) {
      const square = squareAround([...samples.X_train, ...samples.X_test]);
      Object.assign(drawMaps, { frame, cells: cellsOf(square) });
      map.frame(samples, square);
    }
    Object.assign(drawMaps, { key, weights });
    const found = pupil.outputs(drawMaps.cells), hidden = Object.keys(found).length - 1;
    map.draw(found[`a${hidden + 1}`].map(([a]) => a), colours, told);
    units.forEach((one, n) => {
      one.element.style.visibility = n < hidden ? "visible" : "hidden";
      if (n < hidden) one.draw(found[`a${n + 1}`], colours);
    });
  }

  function drawLines(told) {
    const line = (value) => history.map((one) => [one.step, value(one)]), gradient = history.at(-1).gradient;
    const [costWidth, sizeWidth] = [costPicture, sizePicture].map((one) => Math.max(200, Math.floor(one.clientWidth)));
    costs.draw(costWidth, TALL, [line((one) => one.train), line((one) => one.test)], ["train", "test"],
               `Cost over steps. ${told}`);
    sizes.draw(sizeWidth, TALL, gradient.map((_, n) => line((one) => one.gradient[n])), layers,
               `Size of the gradient over steps, a line for each layer. ${comparison(gradient)}`);
  }

  function drawFormulas(last, arrays) {
    const key = [last, layer, state.activation].join(), numbers = facts.layers[last - 1][layer - 1];
    if (drawFormulas.key !== key)
      formulas.write(numbers.map((n) => facts.formulas[n]), layer < last ? facts.slopes[state.activation] : "");
    drawFormulas.key = key;
    formulas.draw((key) => rms(arrays(key)));
  }

  /** Keep a point of the history; every other one is let go where there are too many. */
  function note({ step, train, test, gradient }) {
    const point = { step, train, test, gradient };
    if (history.at(-1)?.step === point.step) history.pop();
    history.push(point);
    if (history.length > KEPT) history = history.filter((_, n) => n % 2 === 0 || n === history.length - 1);
  }

  const fit = () => { map.resize(); draw(); };
  fit();
  const ended = whenResized(view.root, view.guarded(fit));
  const hidden = view.guarded(() => document.hidden && stop("Stopped, because this was out of sight."));
  document.addEventListener("visibilitychange", hidden);
  return () => {
    stop(null);
    traits.close();
    ended();
    document.removeEventListener("visibilitychange", hidden);
  };
}

/** The network that learns, by the settings in `state`; it begins with the weights there and leaves those alone. */
function learner(state, data, { networks, activations, order }) {
  const now = { weights: state.weights, steps: state.steps_done }, last = () => Object.keys(now.weights).length / 2;
  const activation = () => activations[state.activation];
  const machine = () => networks[last() - 1](activation().g, activation().slope);
  const gradients = (x, y, strength = state.l2) => machine().backward({ ...now.weights, x, y, lambda: strength });
  let epoch = {};

  /** The numbers of the samples that the next step takes. */
  function batch() {
    const number = Math.floor(now.steps / pupil.batches), start = now.steps % pupil.batches * state.batch_size;
    if (epoch.number !== number || epoch.seed !== state.seed)
      epoch = { number, seed: state.seed, order: order(state.seed, number, pupil.samples.X_train.length) };
    return epoch.order.slice(start, start + state.batch_size);
  }

  const pupil = {
    get weights() { return now.weights; },
    get steps() { return now.steps; },
    get samples() { return data[state.data]; },
    /** Batches in an epoch. */
    get batches() { return Math.ceil(pupil.samples.X_train.length / state.batch_size); },
    begin() { Object.assign(now, { weights: state.weights, steps: state.steps_done }); },
    outputs: (x) => machine().forward({ ...now.weights, x }),
    /** One step of gradient descent; where the weights grow beyond all bounds it is not taken: false. */
    step() {
      const { X_train, Y_train } = pupil.samples, chosen = batch(), weights = {};
      const found = gradients(chosen.map((n) => X_train[n]), chosen.map((n) => Y_train[n]));
      for (const [name, array] of Object.entries(now.weights)) {
        weights[name] = moved(array, found[`d${name}`], state.eta);
        if (!weights[name].flat().every((w) => Math.abs(w) < FAR)) return false;
      }
      Object.assign(now, { weights, steps: now.steps + 1 });
      return true;
    },
    /** Costs, accuracies and sizes with the present weights; `arrays(key)` is what stands in a formula. */
    measured() {
      const { X_train, Y_train, X_test, Y_test } = pupil.samples, one = [X_train.slice(0, 1), Y_train.slice(0, 1)];
      const train = gradients(X_train, Y_train), test = gradients(X_test, Y_test), { slope } = activation();
      const known = { ...now.weights, ...train, x: X_train, y: Y_train };
      return {
        step: now.steps, train: train.C, test: test.C,
        right: [share(train[`a${last()}`], Y_train), share(test[`a${last()}`], Y_test)],
        gradient: Array.from({ length: last() }, (_, n) => rms(train[`dW${n + 1}`])),
        penalty: gradients(...one).C - gradients(...one, 0).C,
        arrays(key) {
          const [a, z] = ["a", "z"].map((letter) => train[key.replace("slope", letter)]);
          return known[key] ?? z.map((row, s) => row.map((entry, j) => slope(entry, a[s][j])));
        },
      };
    },
  };
  return pupil;
}

/** Arrays after a step against the gradient. */
function moved(array, gradient, eta) {
  return array.map((w, n) => (Array.isArray(w) ? moved(w, gradient[n], eta) : w - eta * gradient[n]));
}

/** Root mean square of all entries. */
function rms(array) {
  const entries = array.flat();
  return Math.hypot(...entries) / Math.sqrt(entries.length);
}

/** The share of outputs on their target's side of ½. */
function share(outputs, targets) {
  return outputs.filter(([a], n) => a > 0.5 === targets[n][0] > 0.5).length / outputs.length;
}

function percent(part) {
  return `${(100 * part).toFixed(1)} %`;
}

/** Show a value in a menu, also where it is not one of its choices. */
function offer(one, value) {
  const select = one.element.querySelector("select");
  for (const option of select.querySelectorAll("[data-extra]")) option.remove();
  if (![...select.options].some((option) => option.value === value))
    select.append(h("option", { value, "data-extra": "" }, value));
  select.value = value;
}

/** What the sizes of the gradients say. */
function comparison(sizes) {
  const ratio = sizes[0] / sizes.at(-1);
  if (!Number.isFinite(ratio)) return "The gradient of the last layer is 0: nothing is learned.";
  const times = `The gradient of layer 1 is ${brief(ratio)} times as large as that of layer ${sizes.length}`;
  if (ratio < 0.01) return `${times}: it vanishes on the way back, and layer 1 hardly learns.`;
  return ratio > 100 ? `${times}: it grows on the way back.` : `${times}.`;
}

export default explorer("Training explorer", trainingView);
