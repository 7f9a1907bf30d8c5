// What has been typed on a page is kept where `store` has it, and in a file for whoever wants one.

/** What is kept of a field, { text, checked }; undefined for what is no such thing.  A text alone was kept once. */
function answerIn(found) {
  if (typeof found === "string") return { text: found, checked: true };
  return typeof found?.text === "string" ? found : undefined;
}

/** How far one has come: { changed(field), restore() }.  `fields` gives the fields of the page, once there are any. */
function progress(fields) {
  const line = h("p", { class: "judged-progress" }), told = h("span", { role: "status" });
  const save = h("button", { type: "button" }, spoken("Save to a file")), load = h("button", { type: "button" }, spoken("Load from a file"));
  const file = h("input", { type: "file", accept: ".json,application/json", hidden: "", tabindex: "-1", "aria-label": spoken("A file that was saved here") });
  line.append(told, " ", save, " ", load, file);

  const counted = () => fields().filter(({ counts }) => counts);

  function tell(more = "") {
    const right = counted().filter(({ outcome }) => outcome === "right").length;
    const here = spoken(`${right} of ${counted().length} answers right, in this page.`), there = spoken(store.report(counted()));
    told.textContent = [here, there, more].filter(Boolean).join(" ");
  }

  const answers = (some) => Object.fromEntries(some.map(({ id, answer }) => [id, answer]));
  const kept = () => store.kept() ?? {};
  /** What is here, in any tab: the storage has it all, and where a browser refuses one this page has its own. */
  const all = () => ({ ...answers(counted()), ...kept() });

  /** Keep what has been typed into some fields; in another tab others may have been kept meanwhile. */
  function changed(...some) {
    store.keep({ ...kept(), ...answers(some) });
    tell();
  }

  /** Pairs of a field and what was found for it. */
  const known = (found) => fields().map((one) => [one, answerIn(found?.[one.id])]).filter(([, answer]) => answer);

  function put(text, name) {
    const pairs = known(JSON.parse(text)).filter(([{ counts }]) => counts);
    if (!pairs.length) throw new TypeError("no answer to a question of this page");
    const here = all(), before = (id) => answerIn(here[id])?.text ?? "";
    const lost = pairs.filter(([{ id }, { text }]) => before(id).trim() && before(id) !== text).length;
    const typed = lost === 1 ? "1 answer that is typed here" : `${lost} answers that are typed here`;
    if (lost && !confirm(spoken(`${name} replaces ${typed} by something else. Load it?`))) return;
    for (const [one, answer] of pairs) one.show(answer);
    changed(...pairs.map(([one]) => one));
  }

  save.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(all(), null, 1)], { type: "application/json" }));
    h("a", { href: address, download: `${location.pathname.split("/").at(-1).replace(/\.html$/, "")}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
  load.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    const text = await chosen?.text();
    if (text === undefined) return;
    try {
      put(text, chosen.name);
    } catch {
      tell(spoken(`${chosen.name} is no file that was saved here; nothing is changed.`));
    }
  });

  return {
    changed,
    restore() {
      for (const [one, answer] of known(kept())) one.show(answer);
      if (!counted().length) return;
      document.querySelector("article h1")?.after(line);
      tell();
    },
  };
}
