// The field on which a digit is drawn.  A pixel is the share of ink in its 4 × 4 dots: so was the data set made.

const DOTS = 4, PEN = 0.75;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Dots under a pen that is moved over rows × columns pixels; `over(pixels)` is what it leaves on them. */
function inkOf(rows, columns) {
  const inked = Array.from({ length: rows * columns }, () => new Set());
  return {
    /** Draw a line from one place to another, each [across, down] in pixels. */
    line([u1, v1], [u2, v2]) {
      const [du, dv] = [u2 - u1, v2 - v1], length = du * du + dv * dv || 1;
      for (let n = 0; n < rows * columns * DOTS * DOTS; n++) {
        const row = Math.floor(n / (columns * DOTS)), column = n % (columns * DOTS);
        const u = (column + 0.5) / DOTS, v = (row + 0.5) / DOTS;
        const part = Math.max(0, Math.min(1, ((u - u1) * du + (v - v1) * dv) / length));
        if (Math.hypot(u - u1 - part * du, v - v1 - part * dv) < PEN)
          inked[Math.floor(row / DOTS) * columns + Math.floor(column / DOTS)].add(n);
      }
    },
    over: (pixels) => pixels.map((x, n) => x + (1 - x) * inked[n].size / DOTS ** 2),
  };
}

/** A pixel that a key is pressed on gets half of the ink, then all of it, then none. */
const pressed = (x) => (x < 0.5 ? 0.5 : x < 1 ? 1 : 0);

/**
 * Pixels to draw on, with a pointer or with keys.
 *
 * begins()      hears that a line begins, or a key is pressed
 * draws(x)      hears of the pixels that come of it, row by row, each from 0 to 1
 */
function drawingField([rows, columns], phrase, { begins, draws }) {
  let shown = [], below = [], ink = inkOf(rows, columns), own = null, last = null, at = 0;
  const pixels = Array.from({ length: rows * columns }, () =>
    h("div", { class: "bplib-digit-pixel", role: "gridcell", tabindex: -1 }));
  const element = h("div", { class: "bplib-digit-field", role: "grid", "aria-label":
                             phrase("The field: arrow keys move, the space key gives a pixel more ink") },
    ...Array.from({ length: rows }, (_, row) =>
      h("div", { role: "row" }, ...pixels.slice(row * columns, (row + 1) * columns))));
  const named = (n) => phrase("row {row}, column {column}: {share} % ink", {
    row: Math.floor(n / columns) + 1, column: n % columns + 1, share: Math.round(100 * shown[n]) });

  function go(n) {
    set(pixels[at], { tabindex: -1 });
    at = n;
    set(pixels[at], { tabindex: 0 });
  }

  function change(x) {
    own = x;
    draws(x);
  }

  function place(event) {
    const box = element.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * columns, (event.clientY - box.top) / box.height * rows];
  }

  function drawTo(event) {
    const to = place(event);
    ink.line(last ?? to, to);
    last = to;
  }

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    const [u, v] = place(event).map(Math.floor);
    go(Math.max(0, Math.min(rows - 1, v)) * columns + Math.max(0, Math.min(columns - 1, u)));
    pixels[at].focus({ preventScroll: true });
    begins();
    drawTo(event);
    change(ink.over(below));
  });
  element.addEventListener("pointermove", (event) => {
    if (!last || !event.isPrimary) return;
    const all = event.getCoalescedEvents?.() ?? [];
    (all.length ? all : [event]).forEach(drawTo);
    change(ink.over(below));
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
    element.addEventListener(end, () => { last = null; });
  element.addEventListener("keydown", (event) => {
    const [down, right] = MOVES[event.key] ?? [0, 0];
    if (event.key !== " " && !down && !right) return;
    event.preventDefault();
    if (event.key === " ") {
      begins();
      draws(shown.with(at, pressed(shown[at])));
    } else {
      const row = Math.floor(at / columns) + down, column = at % columns + right;
      if (row >= 0 && row < rows && column >= 0 && column < columns) go(row * columns + column);
      pixels[at].focus();
    }
  });
  go(0);
  return {
    element,
    /** The pixel that keys are on, in words; nothing where they are elsewhere. */
    spoken: () => (element.contains(document.activeElement) ? `${named(at)}. ` : ""),
    /** Show pixels; the pen draws over what comes from elsewhere. */
    draw(x) {
      if (x === shown) return;
      shown = x;
      if (x !== own) [below, ink] = [x, inkOf(rows, columns)];
      x.forEach((share, n) => {
        pixels[n].style.setProperty("--share", `${100 * share}%`);
        set(pixels[n], { "aria-label": named(n) });
      });
    },
  };
}
