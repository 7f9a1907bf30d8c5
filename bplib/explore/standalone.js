// Puts a packed explorer in the place of its picture, on a page without Jupyter.  Needs no network.
(async (place) => {
  const packed = Uint8Array.from(atob(place.dataset.explorer.split(",")[1]), (letter) => letter.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { module, style, values } = await new Response(unpacked).json();
  const listeners = new Map();
  const model = {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      for (const hear of listeners.get(`change:${name}`) ?? []) hear();
    },
    on: (event, hear) => listeners.set(event, [...listeners.get(event) ?? [], hear]),
    off: (event, hear) => listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== hear)),
    save_changes() {},
  };
  const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const view = (await import(address)).default;
  URL.revokeObjectURL(address);
  const sheet = document.createElement("style"), el = document.createElement("div");
  sheet.textContent = style;
  place.replaceChildren(sheet, el);
  view.render({ model, el });
})(document.currentScript.previousElementSibling);
