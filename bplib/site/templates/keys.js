// JupyterLite looks for commands on cells before a view has seen a key, where JupyterLab does so afterwards.  So keys in a
// view are marked here, before anybody looks, as the view's own; but for those that save.
addEventListener("keydown", ({ target, ctrlKey, metaKey, key }) => {
  const view = target.closest?.(".bplib"), saves = (ctrlKey || metaKey) && key.toLowerCase() === "s";
  for (const one of view ? [view, target] : []) one.toggleAttribute("data-lm-suppress-shortcuts", !saves);
}, true);

// Enter in a field of a view is the view's own, too: JupyterLite would keep the browser from telling that it was changed.
addEventListener("beforeinput", (event) => event.target.closest?.(".bplib") && event.stopPropagation(), true);
