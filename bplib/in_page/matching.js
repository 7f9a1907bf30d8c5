// Which of the known answers an answer is, as `coursework/matching.py` has it.
// A value is { shape, values, own }: the first `own` axes may have length 1 where nothing depends on them; the others,
// which a mistake has brought along, may stand in any order.

const largest = (numbers, least = 0) => numbers.reduce((most, one) => Math.max(most, one), least);

const fit = (one, other, spread) => one.shape.length === other.shape.length && one.shape.every(
  (n, axis) => n === other.shape[axis] || axis < spread && (n === 1 || other.shape[axis] === 1));

/** The distances between the entries of two arrays that fit. */
function gaps(one, other) {
  const shape = one.shape.map((n, axis) => n === 1 ? other.shape[axis] : n);
  return combined(one, other, shape, (a, b) => Math.abs(a - b));
}

/** How far two arrays differ, relative to the larger; infinite where they do not fit, nan where not a number. */
function difference(one, other, spread) {
  if (!fit(one, other, spread)) return Infinity;
  const gap = gaps(one, other), finite = gap.filter(Number.isFinite);
  const size = Math.max(...[one, other].map(({ values }) => largest(values.filter(Number.isFinite).map(Math.abs))));
  const relative = size ? largest(finite) / size : 0;
  return finite.length === gap.length || relative > TABLES.NEARLY ? relative : NaN;
}

function* orders(axes) {
  if (!axes.length) yield [];
  for (const first of axes)
    for (const rest of orders(axes.filter((axis) => axis !== first))) yield [first, ...rest];
}

/** A value with its loose axes in every order. */
function* ways(value) {
  const { shape, values, own } = value, step = steps(shape), axes = [...shape.keys()];
  if (shape.length - own < 2) {
    yield value;
    return;
  }
  for (const order of orders(axes.slice(own))) {
    const all = [...axes.slice(0, own), ...order], turned = all.map((axis) => shape[axis]);
    yield { shape: turned, own, values: taken(values, places(turned, all.map((axis) => step[axis]))) };
  }
}

/** The difference between a known answer's value at a point and a given one's. */
function apart(known, given) {
  if (!known || !given) return known === given ? 0 : Infinity;
  return Math.min(...[...ways(known)].map((way) => difference(way, given, known.own)));
}

/** The largest difference over all test points; nan where one cannot be told and no other is large. */
function distance(known, given, nearly) {
  const found = known.map((value, point) => apart(value, given[point])), far = found.filter((gap) => gap > nearly);
  return Math.max(...far.length ? far : found);
}

/** Whether two answers have equal values at a point; false where a value is not finite. */
function equal(known, given, tolerance) {
  if (!known || !given) return known === given;
  const size = ({ values }) => largest(values.map(Math.abs));
  return [...ways(known)].some((way) => {
    if (!fit(way, given, known.own)) return false;
    const gap = gaps(way, given);
    return gap.every(Number.isFinite) && largest(gap) <= tolerance * Math.max(size(way), size(given));
  });
}

/** The names of all known wrong answers with these values: of those with one mistake, then with a rarer one, then with two. */
function namesOf({ single, rarer, double, tolerance }, given) {
  for (const candidates of [single, rarer, double]) {
    const found = candidates.filter(({ values }) => values.every((value, at) => equal(value, given[at], tolerance)));
    if (found.length) return [...new Map(found.map(({ names }) => [names.join(), names])).values()];
  }
  return [];
}
