// Where the ascent begins: black, white, noise, blurred noise, or an image of a dataset; and the seed of the noise.
import { $, h, replace } from "../lib/dom.js";
import { address, get } from "../lib/api.js";
import { group } from "../lib/format.js";
import { ready } from "../lib/choices.js";
import { keepFocus } from "../lib/focus.js";
import { turns } from "../lib/turns.js";

const TITLES = { black: "black", white: "white", noise: "noise", blurred: "blurred noise", image: "an image…" };

function radio(name, chosen, onchoose) {
  const input = h("input", {
    type: "radio",
    name: "initial",
    value: name,
    checked: name === chosen,
    onchange: () => onchoose(name),
  });
  return h("label", {}, input, TITLES[name] ?? name);
}

function imageChoice(state, store) {
  const datasets = ready(state.catalog.datasets);
  if (!datasets.length)
    return h("p", { class: "why" }, "No dataset is open. ", h("a", { href: "/images" }, "Open images"));
  const record = datasets.find(({ id }) => id === state.source) ?? datasets[0];
  const options = datasets.map(({ id, name, n }) =>
    h("option", { value: id, selected: id === record.id }, `${name} · ${group(n)}`),
  );
  const number = {
    class: "field num",
    id: "start-number",
    type: "number",
    min: 0,
    max: record.n - 1,
    value: state.image,
    "aria-label": `Image, 0 to ${record.n - 1}`,
    onchange: event =>
      store.set({ image: Math.max(0, Math.min(record.n - 1, Math.round(Number(event.target.value)) || 0)) }),
  };
  return h(
    "div",
    { class: "line" },
    h("img", {
      class: "px",
      src: address.thumbnail(record.id, Math.min(state.image, record.n - 1)),
      alt: "The image to start from",
      width: 64,
    }),
    h(
      "div",
      { class: "params" },
      h(
        "select",
        {
          class: "field",
          id: "start-dataset",
          "aria-label": "Dataset of the start",
          onchange: event => store.set({ source: event.target.value, image: 0 }),
        },
        options,
      ),
      h("input", number),
    ),
  );
}

/** The first image of the selection, else the first of the first dataset. current(): whether it is still the choice. */
async function chooseImage(store, current) {
  const { catalog, source } = store.state;
  const basket = await get("/basket").catch(() => ({ dataset: null, images: [] }));
  const known = ready(catalog.datasets).map(({ id }) => id);
  const place =
    source !== null
      ? {}
      : known.includes(basket.dataset) && basket.images.length
        ? { source: basket.dataset, image: basket.images[0] }
        : { source: known[0] ?? null, image: 0 };
  if (current()) store.set({ initial: "image", ...place });
}

export function createStarts(store) {
  const begin = turns();
  const choose = name => {
    const current = begin();
    if (name === "image") chooseImage(store, current);
    else store.set({ initial: name });
  };

  const draw = keepFocus(state => {
    replace(
      $("#starts"),
      state.catalog.starts.map(name => radio(name, state.initial, choose)),
    );
    replace($("#start-image"), state.initial === "image" ? imageChoice(state, store) : null);
    if (document.activeElement !== $("#seed")) $("#seed").value = state.seed;
  });

  $("#seed").addEventListener("change", event => {
    const seed = Number(event.target.value);
    store.set({ seed: Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31 ? seed : store.state.seed });
    event.target.value = store.state.seed;
  });
  store.on(["catalog", "initial", "source", "image", "seed"], draw);
  return draw;
}
