// Tells explorers whether the page is dark, in the words of JupyterLab.
(() => {
  const { body } = document, system = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => {
    const { theme } = body.dataset, dark = theme === "dark" || (theme !== "light" && system.matches);
    body.dataset.jpThemeLight = String(!dark);
  };
  new MutationObserver(tell).observe(body, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", tell);
  tell();
})();

// What the theme leaves out for those who do not see the page, or have no mouse.
addEventListener("DOMContentLoaded", () => {
  const all = (selector) => document.querySelectorAll(selector);
  for (const caption of all("p.caption[role=heading]")) caption.ariaLevel = 2;
  for (const [selector, label] of [[".sidebar-drawer", "Pages"], [".toc-drawer", "On this page"]])
    for (const aside of all(selector)) aside.ariaLabel = label;
  const reach = () => {
    for (const one of all("article pre, article .output, article .table-wrapper"))
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
      else one.removeAttribute("tabindex");
  };
  reach();
  addEventListener("resize", reach);
});
