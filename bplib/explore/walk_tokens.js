// Numbers that travel over the picture of a network.  They are moved by the browser itself, without a new layout.

/** When the points of a way are passed, by how many there are: out of a card, along the edge and into another. */
const TIMES = { 2: [0, 1], 3: [0, 0.15, 1], 4: [0, 0.2, 0.8, 1], 5: [0, 0.15, 0.5, 0.85, 1] };

/**
 * route(move, goal)   the points that a move passes to where the number with the key `goal` stands
 * text(key)           what is written on a number, sign(key) whether it is negative, −1, or not
 */
function networkTokens(stage, route, text, sign) {
  let moving = [];
  const resting = new Map();

  function chip(key, ...classes) {
    const one = h("span", { class: ["bplib-chip", ...classes].join(" "), "data-chip": key });
    write(one);
    return one;
  }

  function write(one) {
    const { chip: key } = one.dataset;
    renew(one, "textContent", text(key));
    set(one, { "data-sign": sign(key) });
  }

  const shift = ([x, y]) => `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(-50%, -50%)`;

  /** A token on its way, as the animations that move it and let it show its numbers one after the other. */
  function token(move, goal, duration) {
    const points = route(move, goal), factor = move.from === move.to ? ["bplib-factor-chip"] : [];
    const chips = move.carries.map((key) => chip(key, ...factor));
    const element = h("span", { class: "bplib-token", "aria-hidden": "true" }, ...chips);
    stage.append(element);
    const timing = { duration, easing: "cubic-bezier(0.45, 0.05, 0.3, 1)", fill: "both" };
    const [first, last] = chips, swap = (from, to) => [
      { opacity: from, offset: 0 }, { opacity: from, offset: 0.45 },
      { opacity: to, offset: 0.55 }, { opacity: to, offset: 1 }];
    const times = TIMES[points.length];
    const animations = [element.animate(points.map((point, n) => ({ transform: shift(point), offset: times[n] })), timing)];
    if (last) animations.push(first.animate(swap(1, 0), timing), last.animate(swap(0, 1), timing));
    return { element, chips, animations };
  }

  return {
    /** Let all of a step's moves happen at once; `landed` is called when they are done. */
    fly({ moves, key: goal }, duration, rate, landed) {
      const own = moves.map((move) => token(move, goal, duration)), all = own.flatMap(({ animations }) => animations);
      moving = own;
      const remove = () => {
        for (const one of all) one.cancel();
        for (const { element } of own) element.remove();
        if (moving === own) moving = [];
      };
      const each = (work) => { for (const one of all) work(one); };
      all[0].onfinish = () => { remove(); landed(); };
      each((one) => { one.playbackRate = rate; });
      return {
        pause: () => each((one) => one.pause()),
        resume: () => each((one) => one.play()),
        rate: (changed) => each((one) => { one.updatePlaybackRate(changed); }),
        cancel: remove,
      };
    },
    /** Which numbers lie still on the picture: pairs of a key and the point where it lies. */
    rest(wanted) {
      const keys = new Set(wanted.map(([key]) => key));
      stage.classList.toggle("bplib-walk-resting", keys.size > 0);
      for (const [key, one] of resting) {
        if (keys.has(key)) continue;
        one.remove();
        resting.delete(key);
      }
      for (const [key, point] of wanted) {
        if (!resting.has(key)) {
          resting.set(key, h("span", { class: "bplib-token bplib-resting", "aria-hidden": "true" }, chip(key)));
          stage.append(resting.get(key));
        }
        renew(resting.get(key).style, "transform", shift(point));
      }
    },
    /** Write today's numbers. */
    draw() {
      for (const { chips } of moving) chips.forEach(write);
      for (const one of resting.values()) write(one.firstChild);
    },
  };
}
