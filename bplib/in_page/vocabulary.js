// The names that may be used in a formula, and what each of them means, as `coursework/vocabulary.py` has it.

const KRONECKER = "kronecker";

class Vocabulary {
  /**
   * names      as typed, in the order in which they are told
   * silent     those that are read as well, and not told
   * functions  as typed, likewise
   * meanings   { array, rank, perSample, meaning, last }, or the name of a function; the same object for the same meaning
   * free       the indices of what is asked for
   */
  constructor({ names, silent, functions, meanings, free }) {
    const means = (pairs) => pairs.map(([typed, at]) => [typed, meanings[at]]);
    this.names = names.map(([typed]) => typed);
    this.told = [...new Set([...names, ...functions].map(([typed]) => typed))];
    this.free = free;
    this.known = new Map([...means(functions), ...means(silent), ...means(names)]);
  }

  /** A name's meaning, the name of a function, or undefined.  Capitals count only where two names differ by them. */
  find(typed) {
    if (this.known.has(typed)) return this.known.get(typed);
    const small = typed.toLowerCase();
    const same = new Set([...this.known].filter(([other]) => other.toLowerCase() === small).map(([, meaning]) => meaning));
    return same.size === 1 ? [...same][0] : undefined;
  }

  /** A hint at the name nearest to one that does not fit, "" where none is near. */
  hint(typed) {
    const near = nearest([...typed].slice(0, 30).join(""), this.told, 0.7);
    return near !== undefined && near !== typed ? ` Did you mean ${quoted(near)}?` : "";
  }

  /** A hint at the names with the same letter, each with the indices that it has; "" where there are none. */
  alike(typed) {
    const same = new Map();
    for (const name of this.names)
      if (stemOf(name) === stemOf(typed)) same.set(this.known.get(name), [...same.get(this.known.get(name)) ?? [], name]);
    const [[first] = []] = same;
    if (!first) return "";
    const shown = [...same].map(([meaning, names]) => withIndices(names.reduce((one, other) => other.length < one.length ? other : one), meaning));
    const more = shown.length > TABLES.MOST_SHOWN ? ", …" : "";
    const there = `${shown.length === 1 ? "is" : "are"} ${shown.slice(0, TABLES.MOST_SHOWN).join(", ")}${more}`;
    return ` With this letter there ${there} (${shown[0]}: ${first.meaning}).`;
  }
}

const SHOWN = new Map(Object.entries(TABLES.SHOWN));

/** The letter of a name, before its layer and its indices. */
const stemOf = (name) => /^[A-Za-z]*/.exec(name)[0].toLowerCase();

/** A name as it is written on paper: a1_j. */
function withIndices(name, meaning) {
  const stem = stemOf(name), indices = "jk".slice(0, fewest(meaning));
  const letter = SHOWN.get(stem) ?? (meaning.rank ? stem : name.slice(0, stem.length));
  return `${letter}${name.slice(stem.length)}${indices ? "_" : ""}${indices}`;
}

const isName = (meaning) => typeof meaning === "object";

const fewest = ({ rank, perSample, last }) => rank - perSample - last.length;

/** Indices as written, completed at the end; null where their number does not fit. */
function fullIndices({ rank, perSample, last }, indices) {
  const units = rank - perSample;
  const sample = perSample && (indices.length > units || indices[0] === "s") ? indices.slice(0, 1) : [];
  const written = indices.slice(sample.length), missing = units - written.length;
  return 0 <= missing && missing <= last.length ? [...sample, ...written, ...last.slice(last.length - missing)] : null;
}
