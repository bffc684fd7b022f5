// One image large: the input, then a block per model, all on the same image; below, the film of thumbnails.
import { $$, colour, h, icon, key, replace } from "../lib/dom.js";
import { assumedTag } from "../widgets/class-names.js";
import { ofModels } from "../maps/agreement.js";
import { address } from "../lib/api.js";
import { group } from "../lib/format.js";
import { engineMaps } from "../maps/engine-cell.js";
import { fetchAhead } from "../maps/map-canvas.js";
import { maps } from "../maps/neurons.js";
import { UNKNOWN, face, failure, mapLabel } from "../maps/map-cell.js";
import { healthBadges } from "../maps/health.js";
import { explained, facts, topFive, verdict } from "../maps/prediction.js";

function inputBlock(explanation, image, dataset, complete) {
  const picture = h("img", { alt: image.label ? `${image.name}, label ${image.label}` : image.name });
  picture.addEventListener("load", () => {
    const { naturalWidth: width, naturalHeight: height } = picture;
    picture.classList.toggle("wide", width > height);
    picture.classList.toggle("tall", height > width);
  });
  picture.src = address.picture(explanation.request.dataset, image.index);
  return h(
    "article",
    { class: "big", "aria-label": "Input" },
    h("header", {}, "Input"),
    h("div", { class: "map" }, picture),
    h(
      "dl",
      { class: "facts-l" },
      h("dt", {}, "File"),
      h("dd", { class: "mono" }, image.name),
      image.label !== null && image.label !== undefined ? [h("dt", {}, "Label"), h("dd", {}, image.label)] : null,
      dataset
        ? [
            h("dt", {}, "Dataset"),
            h("dd", {}, `${dataset.name}, image ${group(image.index + 1)} of ${group(dataset.n)}`),
          ]
        : null,
    ),
    complete ? ofModels(explanation, image.index) : null,
  );
}

function modelBlock({ explanation, model, image, cell, ended, acts, second }) {
  const state = face(explanation, model, cell, ended);
  const block = h(
    "article",
    { class: `big ${colour(model.letter)}`, "aria-label": `Model ${model.letter} ${model.name}` },
    h("header", {}, h("span", { class: "named" }, key(model), h("span", { class: "wrap-any" }, model.name)), assumedTag(model)),
  );
  if (state === "failed")
    block.append(failure(model, model.error || cell?.error || UNKNOWN, { onunchecked: acts.unchecked }));
  else if (state === "kept") block.append(h("div", { class: "kept" }, "not computed"));
  else if (state === "waiting")
    block.append(h("div", { class: "map", "aria-busy": "true" }, h("div", { class: "wait" })));
  else {
    const spec = {
      run: explanation.id,
      dataset: explanation.request.dataset,
      model: model.id,
      image: image.index,
      size: cell.shape,
      label: mapLabel(explanation, model, image, cell),
    };
    block.append(
      second ? engineMaps(spec, cell, second) : maps(spec, cell),
      topFive(cell.top || []),
      h(
        "div",
        { class: "row wrap" },
        verdict(cell, image.label),
        explained(cell),
        healthBadges(cell.health, explanation.request.analyzer),
      ),
      facts(cell, model, explanation.request),
    );
  }
  return block;
}

export function createSlideshow(root, acts) {
  const counter = h("span", { class: "num strong", "aria-live": "polite" });
  const file = h("span", { class: "mono clip" });
  const label = h("span", { class: "tag" });
  const step = (by, name, symbol, keyName) =>
    h(
      "button",
      {
        class: "btn icon",
        type: "button",
        "aria-label": name,
        "aria-keyshortcuts": keyName,
        onclick: () => acts.step(by),
      },
      icon(symbol, false),
    );
  const header = h(
    "header",
    {},
    step(-1, "Previous image", "left", "ArrowLeft"),
    step(1, "Next image", "right", "ArrowRight"),
    counter,
    file,
    label,
  );
  const blocks = h("div", { class: "bigs" });
  const film = h("nav", { class: "film", "aria-label": "Images" });
  const view = h("div", { class: "slide" }, header, blocks, film);
  let shown = "";
  let filmOf = "";

  function buildFilm(explanation) {
    filmOf = explanation.id;
    replace(
      film,
      explanation.images.map((image, place) =>
        h(
          "button",
          { class: "thumb", type: "button", "aria-label": image.name, onclick: () => acts.go(place) },
          h("img", { src: address.thumbnail(explanation.request.dataset, image.index), alt: "", loading: "lazy" }),
        ),
      ),
    );
  }

  function mark(place) {
    $$(".thumb", film).forEach((thumb, k) => {
      if (k === place) {
        thumb.setAttribute("aria-current", "true");
        film.scrollTo({ left: thumb.offsetLeft - film.offsetLeft - film.clientWidth / 2 + thumb.clientWidth / 2 });
      } else thumb.removeAttribute("aria-current");
    });
  }

  /** Fetches the neighbours, so that the arrows answer at once. */
  function ahead(explanation, place) {
    const dataset = explanation.request.dataset;
    const done = new Set(
      explanation.cells.filter(cell => cell.status === "done").map(cell => `${cell.model}/${cell.image}`),
    );
    for (const neighbour of [explanation.images[place + 1], explanation.images[place - 1]])
      for (const model of explanation.models)
        if (neighbour && done.has(`${model.id}/${neighbour.index}`))
          fetchAhead({ run: explanation.id, dataset, model: model.id, image: neighbour.index });
  }

  function update(explanation, ended, place, dataset, second) {
    const image = explanation.images[place];
    if (!image) return;
    const cells = new Map(explanation.cells.filter(cell => cell.image === image.index).map(cell => [cell.model, cell]));
    const now = [
      explanation.id,
      place,
      ended,
      ...explanation.models.map(model => face(explanation, model, cells.get(model.id), ended, second(model.id, image.index))),
    ].join("|");
    if (root.firstChild !== view) replace(root, view);
    if (filmOf !== explanation.id) buildFilm(explanation);
    if (now === shown) return;
    shown = now;
    counter.textContent = `${place + 1} / ${explanation.images.length}`;
    file.textContent = image.name;
    label.hidden = image.label === null || image.label === undefined;
    label.textContent = `label ${image.label}`;
    blocks.style.setProperty("--n", explanation.models.length + 1);
    replace(
      blocks,
      inputBlock(explanation, image, dataset, ended),
      explanation.models.map(model =>
        modelBlock({
          explanation,
          model,
          image,
          cell: cells.get(model.id),
          ended,
          acts,
          second: second(model.id, image.index),
        }),
      ),
    );
    mark(place);
    ahead(explanation, place);
  }

  const clear = () => {
    shown = "";
    filmOf = "";
  };
  return { update, clear };
}
