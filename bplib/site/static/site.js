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
