// What has been typed on a page is kept in the browser, and in a file for whoever wants one.

/** How far one has come: { changed(), restore() }.  `fields` gives the fields that count, once there are any. */
function progress(fields) {
  const key = `bplib ${location.pathname}`;
  const line = h("p", { class: "judged-progress" }), told = h("span", { role: "status" });
  const save = h("button", { type: "button" }, "Save to a file"), load = h("button", { type: "button" }, "Load from a file");
  const file = h("input", { type: "file", accept: ".json,application/json", hidden: "", tabindex: "-1", "aria-label": "A file that was saved here" });
  line.append(told, " ", save, " ", load, file);

  const answers = () => Object.fromEntries(fields().map(({ id, text }) => [id, text]));

  function tell(more = "") {
    const right = fields().filter(({ outcome }) => outcome === "right").length;
    told.textContent = `${right} of ${fields().length} answers right, in this page.${more}`;
  }

  function put(text) {
    const found = JSON.parse(text);
    const known = fields().filter(({ id }) => typeof found[id] === "string");
    if (!known.length) throw new TypeError("no answer to a question of this page");
    for (const one of known) one.show(found[one.id]);
  }

  /** Run something that a browser may refuse: a page from the disk may have no storage. */
  function tried(action) {
    try {
      return action();
    } catch {
      return null;
    }
  }

  function changed() {
    if (!line.isConnected) return;
    tried(() => localStorage.setItem(key, JSON.stringify(answers())));
    tell();
  }

  save.addEventListener("click", () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(answers(), null, 1)], { type: "application/json" }));
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
      put(text);
      changed();
    } catch {
      tell(` ${chosen.name} is no file that was saved here; nothing is changed.`);
    }
  });

  return {
    changed,
    restore() {
      if (!fields().length) return;
      document.querySelector("article h1")?.after(line);
      const text = tried(() => localStorage.getItem(key));
      if (text) tried(() => put(text));
      tell();
    },
  };
}
