// The view of a layered network.  All values come from the generated function pass({W1, b1, …, x, y}).

const FAR_OFF = 1e6, SMALL = 1e-5;
const UNKNOWN = "?", NONE = "·";
const WEIGHT = { low: -3, high: 3, step: 0.05 };

/** What to try, when it is done, and what it needs: by what the last step made known, what was picked by hand, and where a Step led. */
const TRIES = [
  ["press Play. From where does each unit take its numbers?",
   ({ known }) => known === "C"],
  ["on which unit of layer 1 does the cost depend most? Pause and guess, then play on.",
   ({ known, lastError }) => known !== undefined && known === lastError],
  ["click an edge that leaves an input. Along which paths does its weight reach the cost?", ({ picked }) => picked],
  ["go from sample to sample, then to all of them. Which weight would they move in different directions?",
   ({ all }) => all, "several samples"],
  ["find a learning rate η with which a Step overshoots.", ({ overshot }) => overshot],
];

function networkView(model, view, { pass }) {
  const facts = model.get("facts"), { code } = facts.walk;
  const ofOne = facts.walk.steps, ofAll = stepsOfAll(ofOne);
  const names = ["weights", "samples", "sample", "eta", "selected", "notation"];
  const places = { eta: { path: ["eta"], step: 0 }, ...facts.places }, bias = "b1" in facts.start.weights;
  const traits = synchronised(model, names, view.guarded(heard));
  const { state } = traits, { phrase } = view;
  const shown = (value, written = show) => Number.isNaN(value) ? phrase("undefined") : written(value);
  let steps = ofOne, forwardEnd = facts.places.C.step, apart = [];
  let now, panel = "selected", past = null, taken = 0, picked = false;

  // elements

  const change = view.guarded(propose);
  const picture = networkPicture({ ...facts, bias }, view.guarded(choose), view.guarded(sample),
    phrase);
  const chosen = slider("chosen", "", { ...WEIGHT, label: phrase("chosen") }, change, phrase);
  const eta = slider("eta", "η", facts.numbers.eta, change, phrase);
  const chosenName = chosen.element.querySelector("span");
  const notation = menu("notation", phrase("letters of"), Object.keys(facts.texts), view.guarded((_, text) => {
    accept({ notation: text });
  }));
  for (const option of notation.element.querySelectorAll("option"))
    option.textContent = facts.texts[option.value].title;
  const all = button(phrase("All weights"), phrase("The name and the number of every weight, or of those on the way"),
                     view.guarded(() => showAll(all.getAttribute("aria-pressed") === "false")));
  const sign = (key) => Math.sign(value(key));
  const tokens = networkTokens(picture.stage, picture.route, (key) => shown(value(key)), sign);
  const together = facts.over_samples === "mean" ? phrase("mean") : phrase("sum");
  const samples = sampleButtons(phrase, together, view.guarded(goTo));
  const walk = walkPlayer(view, { count: steps.length, turn: forwardEnd }, fly, watch);
  const display = stepDisplay(), lastError = steps.findLast(({ key }) => key.startsWith("delta1")).key;
  const several = facts.start.samples.length > 1;
  const todo = tries(view, TRIES.filter(([, , needs]) => several || !needs).map(
    ([text, done]) => [phrase(text), done]));
  const run = runner(view, phrase("Step until the steps are tiny"), () => step(), 200, 120);
  const press = (work) => view.guarded(() => { run.stop(); work(); });
  run.element.classList.remove("bplib-main");
  const formulas = h("div", { class: "bplib-network-panel", role: "group", "aria-label": phrase("formulas") });
  const inFull = details(phrase("Written out, path by path"));
  view.root.append(
    todo.element, picture.element,
    h("div", { class: "bplib-walk", role: "group", "aria-label": phrase("step by step") },
      samples.element, walk.element, display.element),
    h("div", { class: "bplib-columns" },
      h("div", { class: "bplib-controls" },
        h("div", { class: "bplib-buttons bplib-network-buttons" },
          button(phrase("Forward"), phrase("Values, layer by layer"), press(forward)),
          button(phrase("Backward"), phrase("How the cost depends on each unit, from the last layer to the first"),
                 press(backward)),
          button(phrase("Update"), phrase("Every weight {formula}", { formula: "w ← w − η ∂C/∂w" }), press(update)),
          button(phrase("Step"), phrase("Forward, backward and update at once"), press(step)), run.element,
          button(phrase("Reset"), phrase("Back to the values at the start"), press(reset)),
          all),
        view.message),
      h("div", { class: "bplib-controls bplib-network-controls" }, chosen.element, eta.element, notation.element)),
    formulas, view.spoken);

  function showAll(wanted) {
    set(all, { "aria-pressed": String(wanted) });
    picture.showAll(wanted);
  }

  showAll(picture.few);

  /** What is opened on request, and stays open whatever is chosen next. */
  function details(summary) {
    const element = h("details", {}, h("summary", {}, summary));
    element.addEventListener("toggle", () => { formulas.style.minHeight = ""; });
    return element;
  }

  // numbers

  const isWhole = () => state.sample === ALL;
  const place = () => (isWhole() ? 0 : state.sample - 1);

  /** All numbers of the sample that is shown; where all are, those of the batch, computed by the same equations. */
  function compute(weights = state.weights, batch = isWhole() ? state.samples : [state.samples[place()]]) {
    const given = { ...weights, x: batch.map(([x]) => x), y: batch.map(([, y]) => y) };
    return { ...given, eta: state.eta, ...pass(given) };
  }

  function value(key, from = now) {
    return places[key].path.reduce((array, at) => array[at], from);
  }

  /** Whether a number belongs to one sample, so that there is none where all of them are shown. */
  const isOfOne = (key) => isWhole() && !/^(W|b|dW|db|C$|eta$)/.test(key);
  const stepOf = (key) => (isWhole() ? ofAll.findIndex((step) => step.key === key) + 1 : places[key].step);
  const known = (key) => !isOfOne(key) && stepOf(key) <= walk.now.arrived;

  /** What stands for a number, as far as it is known; a sum that grows is known as far as it has grown. */
  function text(key, from = now, written = show) {
    if (isOfOne(key)) return NONE;
    if (from !== now || known(key)) return shown(value(key, from), written);
    const arrived = arrivedOf(key);
    return arrived.length ? shown(sum(arrived), written) : UNKNOWN;
  }

  /** Keys of the terms of a sum that have arrived. */
  function arrivedOf(key) {
    return steps.slice(0, walk.now.arrived).findLast((step) => step.key === key)?.terms ?? [];
  }

  const sum = (keys) => keys.reduce((total, key) => total + value(key), 0);

  const parameters = Object.keys(facts.choices).filter((key) => !isUnit(key));

  // changes: by hand, by a step, from Python

  function heard(changed) {
    if (changed.includes("selected")) panel = "selected";
    if (changed.includes("sample")) follow();
    if (changed.some((name) => ["weights", "samples"].includes(name))) startOver();
    draw();
  }

  function choose(key) {
    picked = key.startsWith("W1");
    if (key === state.selected && panel === "selected") return;
    panel = "selected";
    accept({ selected: key });
  }

  function propose(name, entered) {
    const number = typed(entered), key = state.selected;
    const given = entered || phrase("nothing"), { label, expected } = facts.numbers.eta;
    if (name === "eta" && !fits(facts.numbers.eta, number))
      return refuse(phrase("η is the {label}: {expected}; given: {given}.", { label, expected, given }));
    if (name === "chosen" && !Number.isFinite(number))
      return refuse(phrase("{key} is a {words}: a finite number; given: {given}.",
                           { key, words: facts.choices[key], given }));
    view.tell("");
    if (name === "eta") return accept({ eta: number });
    if (number === value(key)) return draw();
    startOver();
    accept({ weights: changedAt(state.weights, places[key].path, number) });
  }

  function sample(name, at, entered) {
    const number = typed(entered), [x, y] = state.samples[place()];
    const key = `${name}[${at + 1}]`, given = entered || phrase("nothing"), { loss } = facts;
    if (!Number.isFinite(number))
      return refuse(name === "x" ? phrase("{key} is an input: a finite number; given: {given}.", { key, given }) :
        phrase("{key} is a target: a finite number; given: {given}.", { key, given }));
    if (name === "y" && facts.targets === "probability" && !(number >= 0 && number <= 1))
      return refuse(phrase("{loss} takes targets y from 0 to 1, probabilities; given: {given}.",
                           { loss, given: brief(number) }));
    if (name === "y" && facts.targets === "distribution")
      return refuse(phrase("{loss} takes targets that add up to 1. Set all of them at once from a cell: {code}.",
                           { loss, code: `explorer.y = [${y.join(", ")}]` }));
    view.tell("");
    startOver();
    const changed = name === "x" ? [x.with(at, number), y] : [x, y.with(at, number)];
    accept({ samples: state.samples.with(place(), changed) });
  }

  /** Show another sample, or all of them. */
  function goTo(sample) {
    run.stop();
    view.tell("");
    past = null;
    if (panel === "update") panel = "selected";
    traits.accept({ sample });
    follow();
    draw();
  }

  /** The player goes through what is shown: another sample has the same steps, all samples have fewer. */
  function follow() {
    const wanted = isWhole() ? ofAll : ofOne;
    if (wanted === steps) return;
    [steps, forwardEnd] = [wanted, wanted.findIndex(({ key }) => key === "C") + 1];
    walk.take({ count: steps.length, turn: forwardEnd });
  }

  function refuse(words) {
    draw();
    view.tell(words, "error");
  }

  function accept(changes) {
    traits.accept(changes);
    draw();
  }

  /** Steps taken so far belong to values that are no longer there. */
  function startOver() {
    run.stop();
    past = null;
    taken = 0;
    if (panel === "update") panel = "selected";
  }

  function reset() {
    startOver();
    panel = "selected";
    view.tell("");
    traits.accept({ ...facts.start });
    follow();
    walk.leave(steps.length);
  }

  // forward, backward, update

  function forward() {
    past = null;
    through("forward", forwardEnd, phrase("Forward is done: every unit has its value, and so has the cost."));
  }

  function backward() {
    const needs = phrase("Backward needs the values of Forward, so they were computed first.");
    const done = phrase("Backward is done: every weight has its derivative.");
    through("backward", steps.length, walk.now.arrived < forwardEnd ? `${needs} ${done}` : done);
  }

  /** Everything up to a step at once. */
  function through(kind, to, done) {
    panel = kind;
    walk.leave(to);
    view.tell(done);
  }

  // step by step

  function fly(n, rate, landed) {
    const step = steps[n - 1];
    return step.moves.length ? tokens.fly(step, flightOf(step), rate, landed) : null;
  }

  /** The walk has gone on. */
  function watch() {
    if (walk.now.watching) {
      panel = "selected";
      past = null;
    }
    draw();
    const { watching, arrived } = walk.now;
    if (watching && arrived === watch.before + 1) picture.flash(steps[arrived - 1].key);
    watch.before = arrived;
  }

  function drawWalk(letters) {
    const { at, arrived, watching, playing } = walk.now, step = (watching && steps[at - 1]) || null;
    display.draw({
      sentence: step ? happens(step) :
        watching ? phrase("Nothing is computed yet: there are the inputs and the weights.") :
        isWhole() ? phrase("Play goes through the derivatives of the batch, one after the other.") :
          phrase("Play shows how numbers go forward to the cost, and how its derivatives come back along the edges."),
      aloud: watching && !playing, codeLine: step ? code[nameOf(step.key)] : "",
      name: step && [step.key, step.formula, state.notation, state.sample].join(),
      line: step && !isWhole() ? () => lineOfStep(step, letters) : null,
      terms: step?.terms ? step.terms.length - (at - arrived) : null,
    });
    tokens.rest(resting(step, arrived).map(({ key }) => [key, picture.spot(key.slice(1))]));
    tokens.draw();
    picture.watch({ watching, card: step && step.at, moves: step ? step.moves : [], sign });
  }

  /** The steps whose numbers lie on the picture: derivatives of weights or of biases, until those of the next array. */
  function resting(step, arrived) {
    const last = step?.kind.match(/weight$|bias$|slope of all$/) ? steps.slice(0, arrived) : [];
    return last.filter(({ kind, formula }) => kind === step.kind && formula === step.formula);
  }

  /** The formula of a step; what comes along edges is a sum, which breaks between its terms. */
  function lineOfStep({ kind, key, formula, terms }, letters) {
    const rows = [facts.formulas[formula].map((code) => at(key, code))];
    const line = lineOf({ caption: "", left: key, rows }, letters);
    return terms || kind === "weighted sum" ? termByTerm(line) : line;
  }

  /** What a step says, with today's numbers. */
  function happens(step, written = shown) {
    const complete = !step.terms || steps[places[step.key].step - 1] === step;
    return HAPPENS[step.kind](step, { phrase, bias, complete, delta: facts.texts[state.notation].delta, words: (key) => facts.choices[key], named: (key) => capital(facts.choices[key]),
                                      number: (key) => written(value(key)), sum: (keys) => written(sum(keys)),
                                      mean: facts.over_samples === "mean", each: (key) => apart.map((one) => written(value(key, one))) });
  }

  /** Room for all steps in a text's letters. */
  function reserve(letters) {
    const one = Object.values(Object.fromEntries(ofOne.map((step) => [step.formula, step])));
    display.reserve({
      sentences: ofOne.map((step) => happens(step, () => `${MINUS}0.0000`)), codes: Object.values(code),
      lines: one.map((step) => lineOfStep(step, letters)),
    });
  }

  /** A weight after a step of descent. */
  function descended(key, from = now) {
    return value(key, from) - state.eta * value(`d${key}`, from);
  }

  /** All of them; null where they would run away. */
  function allDescended() {
    if (walk.now.watching || walk.now.at < steps.length) walk.leave(steps.length);
    const after = structuredClone(state.weights);
    for (const key of parameters) {
      const array = places[key].path.slice(0, -1).reduce((whole, at) => whole[at], after);
      array[places[key].path.at(-1)] = descended(key);
    }
    const all = Object.values(after).flat(2);
    return all.every((w) => Math.abs(w) < FAR_OFF) && Number.isFinite(compute(after).C) ? after : null;
  }

  function update() {
    const after = allDescended();
    if (!after) return diverges();
    past = now;
    panel = "update";
    traits.accept({ weights: after });
    walk.leave(0);
    view.tell(phrase(
      "Every weight has moved. Press Forward to see what that does to the outputs and to the cost."));
  }

  /** Forward, backward and update at once; false where no further step is worth it. */
  function step() {
    const after = allDescended();
    if (!after) return diverges();
    const before = now;
    past = before;
    accept({ weights: after });
    taken += 1;
    const gone = Math.hypot(...parameters.map((key) => value(key) - value(key, before)));
    const change = { n: taken, before: shown(before.C, brief), after: shown(now.C, brief) };
    const overshot = now.C > before.C;
    todo.seen({ overshot });
    if (overshot) view.tell(phrase("The step overshoots: C rose from {before} to {after}.", change), "warning");
    else view.tell(phrase("Step {n}: C went from {before} to {after}.", change));
    if (gone < SMALL) view.tell(state.eta === 0 ? phrase("η is 0: a step moves nothing.") :
      phrase("The step is tiny ({size}): the slope is almost 0 here.", { size: brief(gone) }));
    return gone >= SMALL;
  }

  function diverges() {
    view.tell(phrase("The steps diverge: each one overshoots further. Press Reset, then choose a smaller η."), "error");
    return false;
  }

  // drawing

  function draw() {
    now = compute();
    apart = isWhole() ? state.samples.map((one) => compute(state.weights, [one])) : [];
    samples.show(state.samples.length, state.sample);
    const { letters } = facts.texts[state.notation], { selected } = state, unit = isUnit(selected);
    if (draw.notation !== state.notation) {
      picture.spell(letters);
      reserve(letters);
    }
    if (draw.selected !== selected || draw.notation !== state.notation) drawName(letters);
    Object.assign(draw, { selected, notation: state.notation });
    notation.show(state.notation, () => "");
    eta.show(state.eta);
    chosen.show(unit ? 0 : value(selected));
    if (unit) chosen.element.lastChild.value = "";
    drawWalk(letters);
    write(letters);
    picture.draw({
      selected, text: inPicture, weight: value, share: shareOf,
      growing: (key) => text(key) === UNKNOWN && inPicture(key) !== UNKNOWN,
      output: (key) => outputOf(key), before: (key) => past && value(key, past) !== value(key) ? value(key, past) : null,
      through: new Set(ways(selected).through), sentence: sentence(), fixed: isWhole(),
    });
    todo.seen({ known: steps[walk.now.arrived - 1]?.key, lastError, picked, all: isWhole() });
    picked = false;
    if (!walk.now.watching) view.say(sentence);
  }

  const errors = Object.keys(facts.choices).filter(isUnit).map(slopeOf);

  /** How large δ of a unit is as a part of the largest that is known. */
  function shareOf(key) {
    const sizes = errors.filter(known).map((one) => Math.abs(value(one)));
    return known(key) && Math.abs(value(key)) / Math.max(...sizes) || 0;
  }

  /** What stands at a key in the picture: where δ is not known yet, what has arrived of the sum that it is made of. */
  function inPicture(key) {
    const words = text(key, now, places[key].step ? show : brief), grown = key.replace("delta", "da");
    return words === UNKNOWN && grown in places ? text(grown) : words;
  }

  /** What a card gives on: an input itself, a unit its activation, once that is known. */
  function outputOf(card) {
    const key = card.replace("z", "a");
    return known(key) ? value(key) : NaN;
  }

  function drawName(letters) {
    const { selected } = state, unit = isUnit(selected);
    chosenName.innerHTML = unit ? phrase("a unit is chosen") :
      phrase("chosen {letters}", { letters: `<math>${letters[selected]}</math>` });
    for (const input of chosen.element.querySelectorAll("input")) input.disabled = unit;
  }

  function sentence() {
    const { selected, sample, samples: batch } = state, slope = slopeOf(selected);
    const number = (key) => shown(value(key), brief);
    const named = phrase("Chosen: {key}, {words}", { key: selected, words: facts.choices[selected] });
    const chosen = isUnit(selected) ? named :
      phrase("{chosen}, {number}", { chosen: named, number: number(selected) });
    return [
      phrase("A network with {sizes} units in its layers.", { sizes: facts.sizes }),
      ...batch.length === 1 ? [] : isWhole() ? [phrase("All {n} samples.", { n: batch.length })] :
        [phrase("Sample {n} of {all}.", { n: sample, all: batch.length })],
      !known("C") ? phrase("Its values are not computed yet.") :
        phrase("The cost C is {cost}.", { cost: number("C") }),
      known(slope) ? phrase("{chosen}; the derivative of C with respect to it is {slope}.", { chosen, slope: number(slope) }) :
        `${chosen}.`,
    ].join(" ");
  }

  // formulas

  /** A formula of an array for one of its entries: j and k in its keys become numbers. */
  function at(key, code) {
    const [j, k] = key.slice(nameOf(key).length).match(/\d+/g) ?? [];
    return code.replace(/(?<=[[,])[jk](?=[\],])/g, (letter) => ({ j, k })[letter]);
  }

  const nameOf = (key) => key.split("[")[0];
  const formula = (key) => facts.formulas[nameOf(key)].map((code) => at(key, code));

  function ways(key) {
    const { paths, ...way } = facts.ways[nameOf(key)];
    return { paths, ...Object.fromEntries(Object.entries(way).map(
      ([part, codes]) => [part, codes && codes.map((code) => at(key, code))])) };
  }

  /** The lines of the panel, as far as the values are known. */
  function lines() {
    const units = Object.keys(facts.choices).filter(isUnit), computed = ({ left }) => known(left);
    const steps = {
      forward: () => [...units.flatMap(forwardOf), line(phrase("cost"), "C")].filter(computed),
      backward: () => units.toReversed().map((unit) => line(facts.choices[unit], slopeOf(unit))).filter(computed),
      update: () => parameters.map((key) => descent(facts.choices[key], key)),
      selected: () => [...(isUnit(state.selected) ? forwardOf(state.selected) : []), slope(state.selected),
                       ...(isUnit(state.selected) ? [] : [descent(phrase("update"), state.selected)])],
    };
    return steps[panel]();
  }

  function line(caption, left, more) {
    return { caption, left, rows: [formula(left)], ...more };
  }

  function forwardOf(unit) {
    return [line(facts.choices[unit], unit), line("", unit.replace("z", "a"))];
  }

  /** The derivative of the cost as it is computed: by the error terms. */
  function slope(key) {
    return line(isUnit(key) ? phrase("by the units after it") : phrase("by the error term of its unit"), slopeOf(key));
  }

  /** The same without error terms: path by path, and with what paths share in front. */
  function slopeInFull(key) {
    const slope = slopeOf(key), { chain, values, written, paths: n } = ways(key), numbers = Boolean(values);
    const along = n === 1 ? phrase("chain rule along its path") :
      phrase("chain rule along {n} paths, one term each", { n });
    const whole = n === 1 ? phrase("written out") : phrase("{n} paths, with what they share in front", { n });
    return [
      ...(chain ? [line(along, slope, { rows: [chain, values].filter(Boolean), numbers, breaks: true })] : []),
      line(whole, slope, { rows: [written] }),
    ];
  }

  function descent(caption, key) {
    return { caption, left: key, rows: [formula(key)], sign: "←", result: `after ${key}` };
  }

  /** Put up the lines where they are others than before, then today's numbers. */
  function write(letters) {
    const kind = isWhole() ? [ALL, state.samples.length, state.notation].join() :
      [panel, state.selected, state.notation, panel === "selected" || walk.now.arrived].join();
    if (write.kind !== kind && isWhole()) {
      const table = batchTable(phrase, together, ofAll.map(({ key }) => key), state.samples.length, letters);
      const heading = facts.over_samples === "mean" ?
        phrase("The cost of the batch is the mean of those of its samples, and so is each derivative.") :
        phrase("The cost of the batch is the sum of those of its samples, and so is each derivative.");
      formulas.replaceChildren(h("p", { class: "bplib-network-heading" }, heading), table);
      keepHeight();
    } else if (write.kind !== kind) {
      const heading = h("p", { class: "bplib-network-heading" });
      heading.innerHTML = headingOf(letters);
      const written = (all) => all.map((one) => lineOf(one, letters));
      inFull.replaceChildren(inFull.firstChild, ...panel === "selected" ? written(slopeInFull(state.selected)) : []);
      formulas.replaceChildren(heading, ...written(lines()), ...panel === "selected" ? [inFull] : []);
      keepHeight();
    }
    write.kind = kind;
    writeTable();
    for (const place of view.root.querySelectorAll("mn[data-number]")) {
      renew(place, "textContent", number(place));
    }
  }

  function writeTable() {
    const { watching, at } = walk.now;
    for (const row of formulas.querySelectorAll("[data-row]"))
      set(row, { "data-now": watching && steps[at - 1]?.key === row.dataset.row });
    for (const cell of formulas.querySelectorAll("[data-cell]")) {
      const [key, n] = cell.dataset.cell.split(" of ");
      renew(cell, "textContent", n ? shown(value(key, apart[n - 1])) : text(key));
    }
  }

  /** The panel grows with what it holds and does not shrink again, so that what stands below it does not go up and down. */
  function keepHeight() {
    formulas.style.minHeight = `${formulas.offsetHeight}px`;
  }

  function headingOf(letters) {
    const { selected: key } = state;
    return {
      forward: phrase("Forward: each unit adds up what it hears, then applies its activation."),
      backward: phrase(
        "Backward: how much the cost changes with each unit's weighted sum, from the last layer to the first."),
      update: phrase("Update: every weight and bias takes a step down its own slope."),
      selected: phrase("{letters}, {words}; in Python {key}",
                       { letters: `<math>${letters[key]}</math>`, words: facts.choices[key], key }),
    }[panel];
  }

  /** A number in a formula; a negative one in brackets where a sign stands before it. */
  function number({ dataset: { number: key, first } }) {
    const from = panel === "update" && past ? past : now;
    const next = key.replace("after ", "");
    if (next !== key) return text(`d${next}`, from) === UNKNOWN ? UNKNOWN : shown(descended(next, from));
    const words = text(key, from), apart = words.startsWith(MINUS) || words.includes("·10");
    return first === undefined && apart ? `(${words})` : words;
  }

  follow();
  walk.leave();
  const ended = whenResized(picture.element, view.guarded(() => {
    formulas.style.minHeight = "";
    picture.resize();
    if (walk.now.watching) draw();
  }));
  return () => {
    run.stop();
    walk.close();
    traits.close();
    ended();
  };
}

const isUnit = (key) => key.startsWith("z");

/** The key of the derivative of the cost with respect to a weight, a bias or a unit's weighted sum. */
const slopeOf = (key) => isUnit(key) ? key.replace("z", "delta") : `d${key}`;

/** A copy of nested lists with another number in one place. */
function changedAt(nested, [at, ...rest], number) {
  const copy = Array.isArray(nested) ? [...nested] : { ...nested };
  copy[at] = rest.length ? changedAt(nested[at], rest, number) : number;
  return copy;
}

export default explorer("Network explorer", networkView);
