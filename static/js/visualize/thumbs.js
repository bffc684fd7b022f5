// The dataset and the selected images in small. Pressing one opens it; S takes it out of the selection or puts it back.
import { $, h, replace, segmented } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { fileName, group } from "../lib/format.js";
import { requestOf } from "./request.js";
import { chooseDataset } from "../lib/changes.js";
import { keepFocus } from "../lib/focus.js";

const SHOWN = 17;
const FEW_DATASETS = 3;

function datasetChoice(datasets, chosen, onchoose) {
  if (!datasets.length) {
    return h("p", { class: "why" }, "No dataset is open. ", h("a", { href: "/images" }, "Open images"));
  }
  if (datasets.length <= FEW_DATASETS) {
    const options = datasets.map(({ id, name }) => [id, name]);
    return segmented("dataset", "Dataset", options, chosen, onchoose);
  }
  const onchange = event => onchoose(event.target.value);
  return h(
    "select",
    { class: "field", id: "dataset-select", "aria-label": "Dataset", onchange },
    datasets.map(({ id, name, n }) => h("option", { value: id, selected: id === chosen }, `${name} · ${group(n)}`)),
  );
}

function thumb({ dataset, dropped, image }, index, place, name, onopen) {
  const out = dropped.includes(index);
  const attributes = {
    class: out ? "thumb out" : "thumb",
    type: "button",
    id: `thumb-${index}`,
    title: name,
    "data-image": index,
    "aria-current": place === image ? "true" : null,
    "aria-label": `Open ${name}${out ? ", not selected" : ""}`,
    onclick: () => onopen(place),
  };
  return h("button", attributes, h("img", { src: address.thumbnail(dataset, index), alt: "", loading: "lazy" }));
}

export function createImageSection(store, onopen) {
  const drawDatasets = keepFocus(({ catalog, dataset }) => {
    const open = catalog.datasets.filter(({ status }) => status === "ready");
    replace(
      $("#dataset-choice"),
      datasetChoice(open, dataset, id => chooseDataset(store, id)),
    );
  });

  const drawThumbs = keepFocus(state => {
    const { images, names } = state;
    const shown = images.length > SHOWN + 1 ? images.slice(0, SHOWN) : images;
    const rest = images.length - shown.length;
    const nameOf = index => fileName(names.get(index) ?? `image ${index + 1}`);
    const words = `${rest} more selected images`;
    $("#image-count").textContent = group(requestOf(state).images.length);
    replace(
      $("#thumbs"),
      shown.map((index, place) => thumb(state, index, place, nameOf(index), onopen)),
      rest ? h("a", { class: "thumb more num", href: "/images", "aria-label": words }, `+${group(rest)}`) : null,
    );
  });

  store.on(["catalog", "dataset"], drawDatasets);
  store.on(["images", "dropped", "image", "names", "dataset"], drawThumbs);
  return state => {
    drawDatasets(state);
    drawThumbs(state);
  };
}
