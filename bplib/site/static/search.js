// On the page of the search: below each page that is found, the words around the first one that was looked for.

const AROUND = 70;

/** Where a word stands in a text, or its beginning: the search takes "weights" for "weight"; null where it does not. */
function found(text, words) {
  for (const word of words)
    for (let length = word.length; length >= Math.min(3, word.length); length -= 1) {
      const at = text.toLowerCase().indexOf(word.slice(0, length).toLowerCase());
      if (at >= 0) return [at, length];
    }
  return null;
}

function excerpt(text, words) {
  const [at, length] = found(text, words) ?? [0, 0], from = at > AROUND ? text.lastIndexOf(" ", at - AROUND) + 1 : 0;
  const until = Math.max(text.indexOf(" ", at + length + AROUND), at), end = until > at ? until : text.length;
  const p = document.createElement("p"), mark = document.createElement("mark");
  mark.append(text.slice(at, at + length));
  p.className = "context";
  p.dir = "auto";
  p.append(from ? "… " : "", text.slice(from, at), ...length ? [mark] : [], text.slice(at + length, end), end < text.length ? " …" : "");
  return p;
}

addEventListener("DOMContentLoaded", () => {
  const results = document.getElementById("search-results"), root = document.documentElement.dataset.content_root;
  const words = (new URLSearchParams(location.search).get("q") ?? "").split(/\s+/).filter(Boolean);
  const here = new URL(root, location).pathname;
  const show = () => {
    for (const item of results.querySelectorAll("li:not(:has(.context))")) {
      const name = decodeURIComponent(new URL(item.querySelector("a").href).pathname.slice(here.length)).replace(/\.html$/, "");
      const text = PAGE_TEXTS[name];
      if (text) item.append(excerpt(text, words));
    }
  };
  new MutationObserver(show).observe(results, { childList: true, subtree: true });
  show();
});
