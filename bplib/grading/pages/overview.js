// Search, filter, sort and leaf through the table of students.  Without this script the page shows all of them.
const PER_PAGE = 50;
const get = id => document.getElementById(id);
const heads = [...get("students").tHead.rows[0].cells];
const rows = [...get("students").tBodies[0].rows];
let page = 0, sorted = {column: 0, down: false};

function matches(row) {
  const wanted = {name: get("name").value.toLowerCase(), exercise: get("exercise").value,
                  outcome: get("outcome").value, mistake: get("mistake").value};
  if (!row.cells[0].textContent.toLowerCase().includes(wanted.name)) return false;
  if (!wanted.outcome && !wanted.mistake) return true;
  return heads.some((head, at) => at > 1 && at < heads.length - 1
    && (!wanted.exercise || head.textContent === wanted.exercise)
    && (!wanted.outcome || row.cells[at].title === wanted.outcome)
    && (!wanted.mistake || (row.cells[at].dataset.mistakes || "").split(" ").includes(wanted.mistake)));
}

function compared(one, other) {
  const texts = [one, other].map(row => row.cells[sorted.column].textContent.trim());
  return (sorted.down ? -1 : 1) * texts[0].localeCompare(texts[1], undefined, {numeric: true});
}

function show() {
  const found = rows.filter(matches).sort(compared);
  page = Math.max(0, Math.min(page, Math.ceil(found.length / PER_PAGE) - 1));
  const from = page * PER_PAGE, part = found.slice(from, from + PER_PAGE);
  get("students").tBodies[0].replaceChildren(...part);
  get("shown").textContent = found.length === 0 ? "No student"
    : `${from + 1} to ${from + part.length} of ${found.length} students`;
  get("before").disabled = page === 0;
  get("after").disabled = from + PER_PAGE >= found.length;
}

function turn(by) {
  page += by;
  show();
}

function sort(column) {
  sorted = {column, down: sorted.column === column && !sorted.down};
  heads.forEach((head, at) => at === column
    ? head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending") : head.removeAttribute("aria-sort"));
  show();
}

heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(column));
  head.append(button);
});
get("filter").addEventListener("input", () => { page = 0; show(); });
get("filter").addEventListener("submit", event => event.preventDefault());
get("before").addEventListener("click", () => turn(-1));
get("after").addEventListener("click", () => turn(1));
get("filter").hidden = false;
show();
