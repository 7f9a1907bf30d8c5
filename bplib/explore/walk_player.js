// The player of a walk through a computation: which step it has come to, and how it goes on.

const FLIGHT = 1100, QUICK = 0.6, HOLD = 550, LONG = 5, FASTEST = 2;

/** How long what travels in a step is on its way: what is multiplied there is to be read before and after. */
const flightOf = ({ kind }) => (kind === "arrival" ? FLIGHT : QUICK * FLIGHT);

/**
 * Buttons, a slider for the place and one for the speed.  Steps are counted from 1; in step 0 nothing is computed yet.
 * After step `turn`, where the way turns round, it stays for longer.
 *
 * fly(n, rate, landed)   lets travel what travels in step n and calls `landed` when it has; returns how to { pause,
 *                        resume, cancel } it and how to change its `rate`, or null where nothing travels
 * changed()              hears of each change of what is described below
 *
 * take({ count, turn })   has it go through another computation
 *
 * at         the step that is shown
 * arrived    the last step whose number is known; the one before, while something travels
 * watching   whether the step is shown at all, and not the network as a whole
 * playing    whether it goes on by itself
 */
function walkPlayer(view, { count, turn }, fly, changed) {
  const { phrase } = view, now = { at: count, arrived: count, watching: false, playing: false };
  let flight = null, timer = null;
  const rate = () => 2 ** Number(speed.value);
  const press = (label, title, to) => button(label, title, view.guarded(() => go(to())));
  const start = press(phrase("Start"), phrase("Before the first step"), () => 0);
  const back = press(phrase("Back"), phrase("The step before"), () => now.at - 1);
  const play = button(phrase("Play"), phrase("Step after step, forward to the cost and back"), view.guarded(toggle));
  const next = button(phrase("Next"), phrase("The next step"), view.guarded(byHand));
  const end = press(phrase("End"), phrase("After the last step"), () => count);
  const place = h("input", { type: "range", min: 0, max: count, step: 1, "aria-label": phrase("step") });
  const told = h("span", { class: "bplib-walk-place", "aria-hidden": "true" });
  const speed = h("input", { type: "range", min: -FASTEST, max: FASTEST, step: 1, value: 0 });
  play.classList.add("bplib-main");
  place.addEventListener("input", view.guarded(() => go(Number(place.value))));
  speed.addEventListener("input", view.guarded(() => { describeSpeed(); flight?.rate(rate()); }));
  describeSpeed();
  const element = h("div", { class: "bplib-walk-bar" },
    h("div", { class: "bplib-buttons" }, start, back, play, next, end),
    h("span", { class: "bplib-walk-slider bplib-walk-along" }, place, told),
    h("label", { class: "bplib-walk-slider" }, phrase("speed"), " ", speed));

  function describeSpeed() {
    set(speed, { "aria-valuetext": `× ${rate()}` });
  }

  /** Something else than the step before is to be seen. */
  function show(changes) {
    Object.assign(now, changes, { arrived: (changes.at ?? now.at) - (flight ? 1 : 0) });
    const { at, watching, playing } = now;
    renew(play, "textContent", playing ? phrase("Pause") : phrase("Play"));
    set(element, { "data-at": at, "data-arrived": now.arrived, "data-playing": String(playing) });
    for (const [one, off] of [[start, at === 0], [back, at === 0], [next, at === count], [end, at === count && !watching]])
      set(one, { "aria-disabled": off && "true" });
    renew(place, "value", String(at));
    set(place, { "aria-valuetext": phrase("{n} of {all}", { n: at, all: count }) });
    renew(told, "textContent", phrase("{n} of {all}", { n: at, all: count }));
    changed();
  }

  /** What travels is there. */
  function land() {
    clearTimeout(timer);
    flight?.cancel();
    flight = null;
  }

  function go(to) {
    land();
    const at = Math.max(0, Math.min(count, to));
    show({ at, playing: false, watching: at < count });
  }

  function step() {
    land();
    if (now.at === count) return leave();
    const at = now.at + 1;
    flight = still() ? null : fly(at, rate(), view.guarded(() => {
      flight = null;
      show({});
      if (now.playing) hold();
    }));
    show({ at, watching: true });
    if (now.playing && !flight) hold();
  }

  function byHand() {
    pause();
    if (now.at < count) step();
  }

  function hold() {
    timer = setTimeout(view.guarded(step), (now.at === turn ? LONG : 1) * HOLD / rate());
  }

  function toggle() {
    if (now.playing) return pause();
    now.playing = true;
    if (flight) {
      flight.resume();
      show({});
    } else if (now.at === count) {
      show({ at: 0, watching: true });
      hold();
    } else step();
  }

  function pause() {
    clearTimeout(timer);
    flight?.pause();
    show({ playing: false });
  }

  /** Show the network as a whole, after step `to`. */
  function leave(to = now.at) {
    land();
    show({ at: to, watching: false, playing: false });
  }

  /** Go through another computation, shown as a whole at first. */
  function take(other) {
    ({ count, turn } = other);
    set(place, { max: count });
    leave(count);
  }

  return { element, now, leave, take, close: land };
}
