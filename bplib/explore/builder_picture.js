// The field on which a network is drawn: a button for each input and unit, one in the middle of each arrow, the cost.
//
// An arrow is as thick as its weight is large, blue where it is positive, red and dashed where it is negative; a node is
// as dark as its value.  Places are shares of the room that there is.

const NODE = { width: 78, height: 58, cost: 66, gap: 44 }, NARROW = { width: 60, height: 48, cost: 54, gap: 30 };
const NARROW_BELOW = 560, ROUNDED = 3, MIDDLE = 0.42, APART = 27;
const CLICK = 5, NUDGE = 0.04, FEW_ARROWS = 10, THICKEST_ARROW = 7, DARKEST_NODE = 26;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** How dark a node is, from no value to a large one, and in which colour. */
function nodeShade(value) {
  const part = Number.isFinite(value) ? DARKEST_NODE * Math.abs(value) / (1 + Math.abs(value)) : 0;
  return `color-mix(in oklab, var(--${value < 0 ? "red" : "blue"}) ${(2 * part).toFixed(0)}%, var(--ground))`;
}

const inside = (share) => Math.min(1, Math.max(0, share));

/**
 * What a hand does there is told: `choose(what)` a node {node} or an arrow {from, to}, `connect({from, to})`,
 * `add(at, from)` a unit in a free place, fed by `from` or null, `move(name, at)`, `remove(what)`, `cancel()`.
 */
function builderPicture(phrase, { choose, connect, add, move, remove, cancel }) {
  const edges = svg("g"), pulled = svg("path", { class: "bplib-builder-pulled" });
  const drawing = svg("svg", { "aria-hidden": "true" }, edges, pulled), nodeLayer = h("div"), arrowLayer = h("div");
  const cost = h("div", { class: "bplib-builder-cost" }, h("b", {}, "C"), h("span", { "data-value": "C" }));
  const element = h("div", { class: "bplib-builder-field", dir: "ltr", role: "group", "aria-label": phrase("drawing") },
                    drawing, nodeLayer, arrowLayer, cost);
  const nodes = new Map(), arrows = new Map(), ends = new Map();
  let shown = null, size = NODE, arranged = null;

  // places

  const room = () => ({ width: element.clientWidth - size.width - size.cost - size.gap, height: element.clientHeight - size.height - 8 });
  const middle = ([u, v]) => [4 + size.width / 2 + u * room().width, 4 + size.height / 2 + v * room().height];
  const share = (x, y) => [inside((x - 4 - size.width / 2) / room().width),
                           inside((y - 4 - size.height / 2) / room().height)];
  const pointer = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const nodeAt = (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest(".bplib-builder-place");
    return under && element.contains(under) ? under.dataset.node : null;
  };

  // hands

  const free = (event) => event.target === element || drawing.contains(event.target);
  element.addEventListener("click", (event) => { if (free(event)) add(share(...pointer(event)), null); });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    const { node, from, to } = event.target.dataset;
    if (["Delete", "Backspace"].includes(event.key) && (node || to)) {
      event.preventDefault();
      remove(node ? { node } : { from, to });
    }
  });

  /** Hear of a pointer that is pressed on an element, until it is let go. */
  function dragged(one, { during, end, click }) {
    let start = null, far = false;
    one.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      [start, far] = [pointer(event), false];
      one.setPointerCapture(event.pointerId);
    });
    one.addEventListener("pointermove", (event) => {
      if (!start) return;
      const now = pointer(event);
      far ||= Math.hypot(now[0] - start[0], now[1] - start[1]) > CLICK;
      if (far) during(now);
    });
    one.addEventListener("pointerup", (event) => {
      if (start && far) end(event, pointer(event));
      start = null;
    });
    one.addEventListener("pointercancel", () => { start = null; pull(null); });
    one.addEventListener("click", (event) => {
      event.stopPropagation();
      if (!far) click();
      far = false;
    });
  }

  function pull(line) {
    set(pulled, { d: line && curve(...line) });
  }

  function nodeOf(name) {
    const lines = ["name", "a", "delta"].map((part) => h("span", { class: `bplib-builder-${part}` }));
    const face = h("button", { type: "button", "data-node": name }, ...lines);
    const handle = h("span", { class: "bplib-builder-handle", title: phrase("Drag from here to another unit") });
    const place = h("div", { class: "bplib-builder-place", "data-node": name }, face, handle);
    dragged(face, {
      during: (now) => moved(name, share(...now)),
      end: (event, now) => move(name, share(...now)),
      click: () => choose({ node: name }),
    });
    dragged(handle, {
      during: (now) => pull([rightOf(name), now]),
      end: (event, now) => {
        pull(null);
        const to = nodeAt(event);
        if (to) connect({ from: name, to });
        else add(share(...now), name);
      },
      click: () => choose({ node: name }),
    });
    face.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS)) return;
      event.preventDefault();
      const at = nodesOf(shown.drawing)[name].at, step = KEYS[event.key];
      move(name, at.map((value, axis) => inside(value + NUDGE * step[axis])));
    });
    nodeLayer.append(place);
    return { place, face, lines, remove: () => place.remove() };
  }

  function lines(...parts) {
    const made = parts.map((part) => svg("path", { class: `bplib-builder-${part}` }));
    edges.append(...made);
    return Object.fromEntries(parts.map((part, n) => [part, made[n]]));
  }

  function arrowOf({ from, to }) {
    const drawn = lines("tube", "line", "head", "hit");
    const face = h("button", { type: "button", class: "bplib-builder-weight", "data-from": from, "data-to": to });
    const number = h("span", { class: "bplib-builder-number", "data-value": weightName({ from, to }) });
    const place = h("div", { class: "bplib-builder-arrow" }, face, number);
    for (const one of [face, drawn.hit]) {
      one.addEventListener("click", (event) => {
        event.stopPropagation();
        choose({ from, to });
      });
    }
    arrowLayer.append(place);
    return { from, to, place, face, number, ...drawn,
             remove: () => [place, ...Object.values(drawn)].forEach((one) => one.remove()) };
  }

  /** From an output to the cost: an arrow without a weight. */
  function endOf(from) {
    const drawn = lines("tube", "line", "head");
    return { from, ...drawn, remove: () => Object.values(drawn).forEach((one) => one.remove()) };
  }

  /** Make what is missing, take away what is gone. */
  function keep(map, wanted, make) {
    for (const [key, one] of map) {
      if (wanted.has(key)) continue;
      one.remove();
      map.delete(key);
    }
    for (const [key, given] of wanted) if (!map.has(key)) map.set(key, make(given));
  }

  // lines

  const placeOf = (name) => middle(nodesOf(shown.drawing)[name].at);
  const rightOf = (name) => { const [x, y] = placeOf(name); return [x + size.width / 2, y]; };
  const leftOf = (name) => { const [x, y] = placeOf(name); return [x - size.width / 2 - 7, y]; };

  function curve([x, y], [u, v]) {
    const bend = Math.max(18, Math.abs(u - x) * 0.4);
    return `M${x},${y}C${x + bend},${y} ${u - bend},${v} ${u},${v}`;
  }

  /** Put everything in its place, where another one is wanted or there is other room. */
  function arrange() {
    const width = element.clientWidth, places = Object.entries(nodesOf(shown.drawing)).map(([name, { at }]) => [name, at]);
    const wanted = JSON.stringify([width, element.clientHeight, places, [...arrows.keys()], [...ends.keys()]]);
    if (!width || wanted === arranged) return;
    arranged = wanted;
    size = width < NARROW_BELOW ? NARROW : NODE;
    element.classList.toggle("bplib-builder-narrow", size === NARROW);
    set(drawing, { width, height: element.clientHeight });
    const centre = element.clientHeight / 2, end = width - size.cost - 4;
    Object.assign(cost.style, { left: `${end}px`, top: `${centre}px`, width: `${size.cost}px` });
    for (const [name, { place }] of nodes) {
      const [x, y] = placeOf(name);
      Object.assign(place.style, { left: `${x}px`, top: `${y}px`, width: `${size.width}px`, height: `${size.height}px` });
    }
    const along = ({ tube, line, head, hit = line }, start, stop) => {
      for (const one of [tube, line, hit]) set(one, { d: curve(start, stop) });
      set(head, { d: `M${stop[0] + 7},${stop[1]}l-9,-5v10z` });
    };
    for (const one of ends.values()) along(one, rightOf(one.from), [end - 7, centre]);
    for (const one of arrows.values()) {
      const { from, to, place, line } = one;
      along(one, rightOf(from), leftOf(to));
      const { x, y } = line.getPointAtLength(line.getTotalLength() * MIDDLE);
      Object.assign(place.style, { left: `${x}px`, top: `${y}px` });
    }
  }

  // what travels

  /** Where a number stands: z and a in a node's second line, ∂C/∂a and δ in its third, those of a weight on its arrow. */
  function standsAt(key) {
    const [kind, name] = key.split("_");
    if (key === "C") return cost.lastChild;
    return nodes.get(name).lines[["z", "a"].includes(kind) ? 1 : 2];
  }

  function centreOf(one) {
    const field = element.getBoundingClientRect(), box = one.getBoundingClientRect();
    return [(box.left + box.right) / 2 - field.left - element.clientLeft, (box.top + box.bottom) / 2 - field.top - element.clientTop];
  }

  /** The line that a move follows; that to the cost has the name of its output. */
  const lineOfMove = ({ from, to, edge }) => (edge ? arrows.get(edge) : ends.get((from === "C" ? to : from).slice(2))).line;

  /** Points of a line, given as shares of its length and pixels beside them. */
  function pointsOf(line, ...places) {
    const length = line.getTotalLength();
    return places.map(([part, more = 0]) => {
      const { x, y } = line.getPointAtLength(Math.min(length, Math.max(0, part * length + more)));
      return [x, y];
    });
  }

  /** The points that a number passes on its way to `goal`; two that meet at a weight come to lie beside each other. */
  function route(move, goal) {
    const { from, to, edge, carries: [first] } = move, line = from !== to && lineOfMove(move);
    if (!line) return [first.replace("slope", "a"), goal].map((key) => centreOf(standsAt(key)));
    const back = edge ? arrows.get(edge).to === from.slice(2) : from === "C", start = centreOf(standsAt(from === "C" ? "C" : first));
    if (to === edge) return [start, ...pointsOf(line, [back ? 1 : 0], [MIDDLE, back ? APART : -APART])];
    const along = pointsOf(line, [0], [MIDDLE], [1]);
    return [start, ...(back ? along.toReversed() : along), centreOf(standsAt(goal))];
  }

  /** Where a node would be, while it is dragged. */
  function moved(name, at) {
    shown = { ...shown, drawing: changedNode(shown.drawing, name, { at }) };
    arrange();
  }

  return {
    element, arrange, route,
    /** Where the number of the derivative of a weight or a bias lies. */
    spot(key) {
      if (arrows.has(key)) return centreOf(arrows.get(key).place);
      const { place } = nodes.get(key.slice(2));
      return [parseFloat(place.style.left), parseFloat(place.style.top) - size.height / 2];
    },
    /** Draw the eye to a number that has just become known. */
    flash(key) {
      if (still() || /^d[wb]_/.test(key)) return;
      const color = "color-mix(in oklab, var(--green) 45%, transparent)";
      standsAt(key).animate([{ background: color }, { background: "transparent" }], { duration: 900, easing: "ease-out" });
    },
    /** Show what takes part in a step: a node, and the lines along which something travels; the rest is pale. */
    watch({ watching, card, moves, sign }) {
      const along = new Map(moves.filter(({ from, to }) => from !== to).map((move) => [lineOfMove(move), move.carries.at(-1)]));
      element.classList.toggle("bplib-builder-watching", watching);
      for (const { line } of [...arrows.values(), ...ends.values()])
        set(line, { "data-along": along.has(line) && (sign(along.get(line)) < 0 ? "-1" : "1") });
      for (const [name, { place }] of nodes) set(place, { "data-now": watching && card?.slice(2) === name });
      set(cost, { "data-now": watching && card === "C" });
    },
    /** The button of a node or an arrow, for the focus. */
    button: ({ node, from, to }) => (node ? nodes.get(node) : arrows.get(weightName({ from, to })))?.face,
    /**
     * `number(name)` gives what stands below the name of a node: `value` and `delta`, or what is there before them, the
     * `weighted` sum and the `grown` one; `told` what is said of a node or an arrow; `lit` holds the names of the weights and units on the way of the one that is chosen.
     */
    draw({ drawing: given, chosen, from: start, lit, number, told, cost: loss }) {
      shown = { drawing: given };
      const rounded = (value) => brief(size === NARROW ? Number(value.toPrecision(ROUNDED)) : value);
      const written = (value, letter, before, sign) => (!Number.isNaN(value) ? letter + rounded(value) :
        Number.isNaN(before) ? `${letter}·` : sign + rounded(before));
      const outputs = new Set(outputsOf(given)), all = nodesOf(given), every = arrowsOf(given);
      keep(nodes, new Map(Object.keys(all).map((name) => [name, name])), nodeOf);
      keep(arrows, new Map(every.map((one) => [weightName(one), one])), arrowOf);
      keep(ends, new Map([...outputs].map((name) => [name, name])), endOf);
      arrange();
      element.classList.toggle("bplib-builder-few", every.length <= FEW_ARROWS);
      for (const [name, { place, face, lines }] of nodes) {
        const unit = given.units[name], { value, delta, weighted, grown } = number(name);
        place.dataset.kind = unit ? outputs.has(name) ? "output" : "unit" : "input";
        set(place, { "data-lit": lit.has(name), "data-loose": Boolean(unit) && !Object.keys(unit.from).length,
                     "data-start": start === name });
        set(face, { "aria-pressed": chosen.node === name, "aria-label": told({ node: name }) });
        renew(lines[0], "textContent", name);
        renew(lines[1], "textContent", written(value, "", weighted, "z "));
        renew(lines[2], "textContent", !unit ? "" : written(delta, "δ ", grown, outputs.has(name) ? "∂C " : "Σ "));
        place.style.setProperty("--shade", nodeShade(value));
      }
      for (const [name, { tube }] of ends) set(tube, { "data-lit": lit.has(name) && "path" });
      for (const [name, { from, to, face, number: place, tube, line }] of arrows) {
        const w = given.units[to].from[from], isChosen = chosen.from === from && chosen.to === to;
        const width = Math.min(THICKEST_ARROW, 1 + 2.2 * Math.abs(w)).toFixed(2);
        set(tube, { "data-lit": isChosen ? "chosen" : lit.has(name) && "path" });
        set(line, { "data-sign": Math.sign(w), "stroke-width": width });
        set(face, { "aria-pressed": isChosen, "aria-label": told({ from, to }) });
        renew(place, "textContent", brief(w));
      }
      renew(cost.lastChild, "textContent", Number.isNaN(loss) ? "·" : rounded(loss));
    },
  };
}
