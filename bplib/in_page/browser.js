// Where answers are kept: in the browser, for this page; `platform.js` puts something else in its place.

/** Run something that a browser may refuse: a page from the disk may have no storage. */
function tried(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

const KEY = `bplib ${location.pathname}`;

/**
 * kept()           what has been kept, id of a field → answer; null where there is nothing
 * keep(answers)    keeps them
 * report(fields)   tells whoever counts right answers; returns a sentence about that
 */
let store = {
  kept: () => tried(() => JSON.parse(localStorage.getItem(KEY))),
  keep: (answers) => tried(() => localStorage.setItem(KEY, JSON.stringify(answers))),
  report: () => "",
};
