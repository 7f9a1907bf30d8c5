// Where answers are kept: by the learning platform around the page, as SCORM 1.2 and 2004 say.  It is told, too, how many
// are right: an answer that was right once counts, whatever is typed there later.  Needs `browser.js`.

/** The ways to talk to a platform, the newer one first: names of functions and values, and how much it keeps. */
const PLATFORMS = [
  { api: "API_1484_11", functions: ["Initialize", "GetValue", "SetValue", "Commit", "Terminate", "GetLastError", "GetErrorString"],
    kept: "cmi.suspend_data", longest: 64000, leave: "cmi.exit", time: "cmi.session_time", lasted: (seconds) => `PT${seconds}S`,
    values: ({ score, right, judged, all }) => ({
      "cmi.score.min": 0, "cmi.score.max": 100, "cmi.score.raw": score, "cmi.score.scaled": score / 100,
      "cmi.completion_status": judged === all ? "completed" : "incomplete",
      "cmi.success_status": right === all ? "passed" : "unknown" }) },
  { api: "API", functions: ["LMSInitialize", "LMSGetValue", "LMSSetValue", "LMSCommit", "LMSFinish", "LMSGetLastError", "LMSGetErrorString"],
    kept: "cmi.suspend_data", longest: 4096, leave: "cmi.core.exit", time: "cmi.core.session_time", lasted: clock,
    values: ({ score, right, judged, all }) => ({
      "cmi.core.score.min": 0, "cmi.core.score.max": 100, "cmi.core.score.raw": score,
      "cmi.core.lesson_status": right === all ? "passed" : judged === all ? "completed" : "incomplete" }) },
];

/** Seconds as 0001:02:03. */
function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The platform's object: in a window around this one, or around the one that opened it. */
function around(name) {
  for (const start of [window, tried(() => window.opener), tried(() => window.top.opener)])
    for (let at = start; at; at = tried(() => at.parent !== at && at.parent)) {
      const found = tried(() => at[name]);
      if (found) return found;
    }
  return null;
}

/** A platform that has begun, { get, set, commit, leave }, each of which throws what it says against that; null for none. */
function begun() {
  const way = PLATFORMS.find(({ api }) => around(api));
  if (!way) return null;
  const api = around(way.api), [initialize, get, set, commit, terminate, lastError, errorString] = way.functions;

  function asked(name, ...given) {
    const answer = String(api[name](...given)), code = String(api[lastError]());
    if (answer === "false" || (name === get && !FINE.includes(code))) throw new Error(`${code} ${api[errorString](code)}`.trim());
    return answer;
  }

  const began = Date.now();
  asked(initialize, "");
  return { ...way,
    get: (name) => asked(get, name),
    set: (name, value) => asked(set, name, String(value)),
    commit: () => asked(commit, ""),
    leave() {
      asked(set, way.leave, "suspend");
      asked(set, way.time, way.lasted(Math.round((Date.now() - began) / 1000)));
      asked(terminate, "");
    } };
}

const FINE = ["0", "403"];  // 403: nothing has been kept yet

/** A store with a platform; `alone` is the one for a page without. */
function atPlatform(alone) {
  let problem = "", last = "";

  /** Do something with the platform; what it says against that is kept for the learner. */
  function attempt(action) {
    try {
      problem = "";
      return action();
    } catch (error) {
      problem = error.message;
      return null;
    }
  }

  let text = "";
  const platform = attempt(() => {
    const found = begun();
    text = found?.get(found.kept) ?? "";
    return found;
  });
  if (!platform) {
    const why = problem ? `The platform does not answer (${problem})` : "No learning platform is around it";
    return { ...alone, report: () => `${why}, so nobody else is told.` };
  }
  /** Answers by their fields, and the fields whose answers were right, or were judged, at any time. */
  let { answers = {}, right = [], judged = [] } = tried(() => JSON.parse(text)) ?? {};

  function report(fields) {
    const ids = (some) => some.map(({ id }) => id), all = fields.length;
    right = [...new Set([...right, ...ids(fields.filter(({ outcome }) => outcome === "right"))])];
    judged = [...new Set([...judged, ...ids(fields.filter(({ outcome }) => outcome))])];
    const text = JSON.stringify({ answers, right, judged }), fits = text.length <= platform.longest;
    const values = platform.values({ score: Math.round(1e4 * right.length / all) / 100, right: right.length, judged: judged.length, all });
    const outcomes = fields.map(({ outcome }) => outcome).join();
    attempt(() => {
      if (fits) platform.set(platform.kept, text);
      for (const [name, value] of Object.entries(values)) platform.set(name, value);
      if (outcomes !== last) platform.commit();
      last = outcomes;
    });
    if (!fits) problem ||= `what is typed here takes ${text.length} characters, and it keeps ${platform.longest}; what came last is `
      + "not kept. Make an answer shorter, or save to a file";
    return problem ? `The platform does not take that: ${problem}.` : `The platform knows of ${right.length}.`;
  }

  addEventListener("visibilitychange", () => document.hidden && attempt(platform.commit));
  addEventListener("pagehide", () => attempt(platform.leave));
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());  // it has ended for the platform
  return { kept: () => answers, keep: (some) => { answers = some; }, report };
}

store = atPlatform(store);
