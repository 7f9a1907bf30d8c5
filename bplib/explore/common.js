// What all explorers share: elements, numbers, sliders, menus, messages, axes.  Nothing here knows a formula.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; an attribute that is false or null is left out. */
function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for parts of an SVG picture. */
function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  set(element, attributes);
  element.append(...children);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

/** Write a property where it is another one: to write what stands there already takes the page its time, too. */
function renew(element, property, value) {
  if (element[property] !== value) element[property] = value;
}

// languages

/**
 * phrase(sentence, values): a sentence, given in English, in a language, with its {places} filled.  Whole numbers get
 * the language's digits, lists its commas; texts stay as they are, set apart so that neither turns the other round.
 */
function phrases({ digits = "0123456789", around = ["", ""], sentences = {} } = {}) {
  const filled = (value) => Array.isArray(value) ? value.map(filled).join(phrase(", ")) :
    typeof value === "number" ? String(value).replace(/\d/g, (digit) => digits[digit]) : around.join(value);
  const phrase = (sentence, values = {}) =>
    (sentences[sentence] ?? sentence).replace(/\{(\w+)\}/g, (_, name) => filled(values[name]));
  return phrase;
}

// numbers

const MINUS = "\u2212", SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number for the eye: four decimals, or powers of ten where four decimals would say nothing. */
function show(value) {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : MINUS + "∞";
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.00095 && size < 9999.95)) return value.toFixed(4).replace("-", MINUS);
  const [digits, exponent] = value.toExponential(2).split("e");
  return `${digits.replace("-", MINUS)}·${powerOfTen(Number(exponent))}`;
}

function powerOfTen(exponent) {
  return "10" + [...String(exponent)].map((c) => (c === "-" ? "⁻" : SUPERSCRIPTS[c])).join("");
}

/** The same without trailing zeros, for fields and for speech. */
function brief(value) {
  const text = show(value);
  return text.includes("·") ? text : text.replace(/\.?0+$/, "");
}

const DASHES = /[\u2010-\u2013\u2212]/g, WITHOUT_WIDTH = /[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g;

/**
 * The number that a person typed: with a point or a comma, as a fraction, with a power of ten as `show` writes it, in
 * Persian digits, too; NaN where it is none.  What has no width is not seen, and any dash is a minus.
 */
function typed(text) {
  const plain = text.replace(WITHOUT_WIDTH, "").replace(DASHES, "-").replace(/[۰-۹]/g, (digit) => digit.charCodeAt(0) % 16)
    .replace(/\s*[·×]\s*10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, power) => "e" + [...power].map(plainDigit).join(""));
  const parts = plain.split("/").map((part) => part.trim().replace(/[,٫]/, "."));
  const [above, below = 1] = parts.map((part) => part === "" ? NaN : Number(part));
  return parts.length > 2 ? NaN : above / below;
}

const plainDigit = (digit) => (digit === "⁻" ? "-" : SUPERSCRIPTS.indexOf(digit));

/** Whether a value is within the limits of a `Number`. */
function fits({ least, most, above, below, whole }, value) {
  return Number.isFinite(value) && (least === null || value >= least) && (most === null || value <= most) &&
    (above === null || value > above) && (below === null || value < below) && (!whole || Number.isInteger(value));
}

// controls

/**
 * A labelled slider, with a field that shows its value and takes a typed one; both call `change`.
 * A logarithmic one moves by powers of ten, to values with three digits.  `phrase` speaks the label's language.
 */
function slider(name, symbol, { label, low, high, step, log }, change, phrase = phrases()) {
  const place = log ? Math.log10 : Number;
  const value = () => (log ? String(Number((10 ** range.value).toPrecision(3))) : range.value);
  const range = h("input", { type: "range", min: place(low), max: place(high), step });
  const field = h("input", { type: "text", inputmode: "decimal", autocomplete: "off",
                             "aria-label": phrase("{label} {symbol}, typed", { label, symbol }) });
  range.addEventListener("input", () => change(name, value()));
  field.addEventListener("change", () => change(name, field.value));
  const element = h("div", { class: "bplib-slider", "data-name": name },
    h("label", {}, h("span", {}, `${label} `, h("var", {}, symbol)), range), field);
  return {
    element,
    show(value) {
      renew(range, "value", String(place(value)));
      set(range, { "aria-valuetext": brief(value) });
      renew(field, "value", String(Number(value.toPrecision(6))));
      renew(field, "title", `${symbol} = ${value}`);
    },
    bound(least, most) {
      set(range, { min: place(least), max: place(most) });
    },
  };
}

/** A labelled menu. Choices for which `refused` has a reason cannot be chosen and say why. */
function menu(name, label, choices, change) {
  const select = h("select", {}, ...choices.map((choice) => h("option", { value: choice }, choice)));
  select.addEventListener("change", () => change(name, select.value));
  const element = h("label", { class: "bplib-menu", "data-name": name }, `${label} `, select);
  return {
    element,
    show(value, refused) {
      for (const option of select.options) {
        const reason = refused(option.value);
        renew(option, "disabled", Boolean(reason));
        renew(option, "title", reason ?? "");
      }
      renew(select, "value", value);
    },
  };
}

function button(label, title, press) {
  const element = h("button", { type: "button", title }, label);
  element.addEventListener("click", press);
  return element;
}

// the frame around an explorer

/** Whether a key saves the page that a view stands in. */
const saves = (event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";

/** Keep keys inside a view, so that JupyterLab takes none for a command on cells; but for those that save. */
function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    set(root, { "data-lm-suppress-shortcuts": !saves(event) });
    if (!saves(event)) event.stopPropagation();
  });
}

/** The root element of a view: keys stay inside, messages are seen and heard, exceptions are shown. */
function frame(label, language = {}) {
  const phrase = phrases(language);
  const message = h("p", { class: "bplib-message", role: "status" });
  const spoken = h("p", { class: "bplib-spoken", "aria-live": "polite" });
  const root = h("div", { class: "bplib", role: "group", "aria-label": phrase(label), lang: language.name ?? null,
                          dir: language.direction ?? null, "data-lm-suppress-shortcuts": "true" });
  keepKeys(root);
  let timer = null;
  const view = {
    root, message, spoken, phrase,
    /** Show a sentence below the controls; kind is "error", "warning" or "". */
    tell(text, kind = "") {
      renew(message, "textContent", text);
      message.dataset.kind = kind;
    },
    /** Let a screen reader say how things stand, once they have stood still. */
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => { spoken.textContent = text(); }, 700);
    },
    /** The same function, with its exceptions on the page. */
    guarded: (work) => (...args) => {
      try {
        return work(...args);
      } catch (error) {
        console.error(error);
        view.tell(phrase("The explorer met an error: {error}", { error: error.message }), "error");
      }
    },
    close() { clearTimeout(timer); },
  };
  return view;
}

/** What anywidget asks of a module: `build(model, view, generated)` fills the frame and returns how to end. */
function explorer(label, build) {
  return {
    async render({ model, el }) {
      const view = frame(label, model.get("facts").language);
      try {
        const generated = await loaded(model.get("code"));
        el.append(view.root);
        const end = build(model, view, generated);
        return () => { end(); view.close(); };
      } catch (error) {
        console.error(error);
        el.append(view.root);
        view.root.replaceChildren(view.message);
        view.tell(view.phrase("The explorer cannot start: {error}", { error: error.message }), "error");
      }
    },
  };
}

/** The functions of a generated module. */
async function loaded(code) {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * A line that asks for something to be tried; what has been done makes room for what comes next.
 *
 * all   [sentence, done] pairs: `done(how things stand)` says whether it has been done.  What stands so already when a
 *       sentence comes up does not count: it is tried first.
 */
function tries(view, all) {
  const { phrase } = view, text = h("span", {}), count = h("span", { class: "bplib-try-count" });
  const element = h("p", { class: "bplib-try", role: "status" }, h("strong", {}, phrase("Try:")), " ", text, " ", count);
  let at = 0, before = true;
  function write() {
    text.textContent = at < all.length ? all[at][0] : phrase("all of that is done; what else happens?");
    count.textContent = phrase("{n} of {all} done", { n: at, all: all.length });
  }
  write();
  return {
    element,
    /** How things stand now. */
    seen(now) {
      const done = at < all.length && all[at][1](now);
      if (done && !before) {
        at += 1;
        write();
        before = at < all.length && all[at][1](now);
      } else before = done;
    },
  };
}

// state and time

/**
 * Traits as plain values in `state`; `accept` sends changes to Python, `changed(names)` hears of Python's.
 *
 * What is sent goes out once the frame that shows it is done, as nobody sees the sending; a page that is hidden shows
 * no frames, and sends at once.  What has not been sent yet is newer than what Python says.
 */
function synchronised(model, names, changed) {
  const state = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  let unsent = {}, own = false;
  const hear = () => {
    const news = own ? [] : names.filter((name) => !(name in unsent) && !same(model.get(name), state[name]));
    for (const name of news) state[name] = model.get(name);
    if (news.length) changed(news);
  };
  const send = () => {
    const changes = Object.entries(unsent);
    if (!changes.length) return;
    [unsent, own] = [{}, true];
    for (const [name, value] of changes) model.set(name, value);
    own = false;
    model.save_changes();
  };
  const whenHidden = () => { if (document.hidden) send(); };
  for (const name of names) model.on(`change:${name}`, hear);
  document.addEventListener("visibilitychange", whenHidden);
  return {
    state,
    accept(changes) {
      if (!Object.keys(unsent).length) requestAnimationFrame(() => setTimeout(send));
      Object.assign(state, changes);
      Object.assign(unsent, changes);
      whenHidden();
    },
    close() {
      send();
      document.removeEventListener("visibilitychange", whenHidden);
      for (const name of names) model.off(`change:${name}`, hear);
    },
  };
}

/** Whether two values of a trait say the same; Python's echo of a list is another list. */
function same(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A Run button: `step()` again and again until it returns false; without pauses where motion is not wanted. */
function runner(view, title, step, most = 200, pause = 200) {
  const { phrase } = view;
  let timer = null;
  const element = button(phrase("Run"), title, view.guarded(() => timer ? stop(phrase("Stopped.")) : run()));
  element.classList.add("bplib-main");
  function run() {
    let left = most;
    const once = view.guarded(() => {
      if (!step()) return stop();
      left -= 1;
      if (!left) return stop(phrase("Stopped after {n} steps.", { n: most }));
      if (!still()) timer = setTimeout(once, pause);
      return true;
    });
    element.textContent = phrase("Stop");
    if (still()) while (once()) continue;
    else once();
  }
  function stop(text) {
    clearTimeout(timer);
    timer = null;
    element.textContent = phrase("Run");
    if (text) view.tell(text);
    return false;
  }
  return { element, stop };
}

/** Call `fit` whenever an element gets another size; returns how to end that. */
function whenResized(element, fit) {
  const observer = new ResizeObserver(fit);
  observer.observe(element);
  return () => observer.disconnect();
}

// plots

/** The next larger number of `steps` times a power of ten, so that axes change rarely and then plainly. */
function roundUp(value, steps = [1, 2, 5]) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (steps.find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}

/** Places for about `count` tick marks. */
function ticks(low, high, count) {
  const step = roundUp((high - low) / count), first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, n) => (first + n) * step);
}

/** A tick's label, without the digits that are rounding error. */
function tickLabel(value) {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-3 && size < 1e5);
  return plain ? String(Number(value.toPrecision(6))).replace("-", MINUS) : brief(value);
}

/** The same on a logarithmic axis: powers of ten, or 1, 2 and 5 times them where there is room. */
function logTicks(low, high, count) {
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / count)), factors = 3 * (last - first) <= count ? [1, 2, 5] : [1];
  const places = [];
  for (let n = Math.ceil(first / every) * every; n <= last; n += every)
    places.push(...factors.map((factor) => Number(`${factor}e${n}`)));
  return places.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
}

function logTickLabel(value, low, high) {
  const plain = value === 1 || (low >= 1e-3 && high < 1e5);
  return plain ? tickLabel(value) : powerOfTen(Math.floor(Math.log10(value) + 0.5));
}

const SCALES = {
  linear: { part: (value, low, high) => (value - low) / (high - low),
            value: (part, low, high) => low + part * (high - low), ticks, label: tickLabel },
  log: { part: (value, low, high) => Math.log10(value / low) / Math.log10(high / low),
         value: (part, low, high) => low * (high / low) ** part, ticks: logTicks, label: logTickLabel },
};

const MARGIN = { left: 56, right: 14, top: 22, bottom: 38 };

/** Axes that fill `width` × `height` pixels: draw them with `update`, then place things with `at`. */
function axes(xName, yName, { xScale = "linear", yScale = "linear" } = {}) {
  const across = SCALES[xScale], up = SCALES[yScale];
  const grid = svg("g", { class: "bplib-axes" });
  const inside = svg("svg", { x: MARGIN.left, y: MARGIN.top, overflow: "hidden", role: "presentation" });
  const picture = svg("svg", { class: "bplib-plot", role: "img" }, grid, inside);
  const plot = {
    picture, inside, width: 0, height: 0,
    /** Where (x, y) lies inside the axes, in pixels. */
    at: (x, y) => [across.part(x, ...plot.x) * plot.width, (1 - up.part(y, ...plot.y)) * plot.height],
    /** The (x, y) of a pixel inside the axes. */
    from: (u, v) => [across.value(u / plot.width, ...plot.x), up.value(1 - v / plot.height, ...plot.y)],
    update(width, height, x, y) {
      const drawn = [width, height, ...x, ...y].join();
      if (drawn === plot.drawn) return;
      Object.assign(plot, { drawn, x, y, width: width - MARGIN.left - MARGIN.right,
                            height: height - MARGIN.top - MARGIN.bottom });
      set(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
      set(inside, { width: plot.width, height: plot.height });
      const floor = MARGIN.top + plot.height, right = MARGIN.left + plot.width;
      const place = (px, py) => { const [u, v] = plot.at(px, py); return [MARGIN.left + u, MARGIN.top + v]; };
      grid.replaceChildren(
        ...across.ticks(...x, Math.max(3, Math.min(10, plot.width / 55))).flatMap((value) => {
          const [u] = place(value, y[0]);
          return [svg("line", { x1: u, x2: u, y1: MARGIN.top, y2: floor }),
                  svg("text", { x: u, y: floor + 16, "text-anchor": "middle" }, across.label(value, ...x))];
        }),
        ...up.ticks(...y, 5).flatMap((value) => {
          const [, v] = place(x[0], value);
          return [svg("line", { x1: MARGIN.left, x2: right, y1: v, y2: v }),
                  svg("text", { x: MARGIN.left - 6, y: v + 4, "text-anchor": "end" }, up.label(value, ...y))];
        }),
        svg("text", { class: "bplib-axis-name", x: right, y: floor + 34, "text-anchor": "end" }, xName),
        svg("text", { class: "bplib-axis-name", x: MARGIN.left - 6, y: 14, "text-anchor": "end" }, yName));
    },
  };
  return plot;
}

/** Call `pick(x, y)` for each point of the axes that is clicked or dragged to. */
function whenPicked({ picture, inside, from }, pick) {
  let held = false;
  const hear = (event) => {
    const box = picture.getBoundingClientRect(), scale = box.width / picture.width.baseVal.value;
    pick(...from((event.clientX - box.left) / scale - MARGIN.left, (event.clientY - box.top) / scale - MARGIN.top));
  };
  inside.addEventListener("pointerdown", (event) => {
    held = event.button === 0;
    if (!held) return;
    inside.setPointerCapture(event.pointerId);
    hear(event);
  });
  inside.addEventListener("pointermove", (event) => held && hear(event));
  for (const end of ["pointerup", "pointercancel"]) inside.addEventListener(end, () => { held = false; });
}

/** Path data through points given in pixels; a point that is not finite interrupts it. */
function path(points) {
  let pen = "M";
  return points.map(([u, v]) => {
    if (!Number.isFinite(u + v)) { pen = "M"; return ""; }
    const piece = `${pen}${u.toFixed(2)},${v.toFixed(2)}`;
    pen = "L";
    return piece;
  }).join("");
}
