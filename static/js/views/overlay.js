// Maps over a picture that shines through them: how much is one choice for all maps of the part.
import { h } from "../lib/dom.js";

const THROUGH = [0, 0.25, 0.5, 0.75];
const USUAL = 0.5;
let parts = 0; // radios of one part share a name

export function overlay(part, layer) {
  const group = `through-${++parts}`;
  const maps = h("div", { class: `overlay-maps ${classOf(USUAL)}` }, part.names.map((name, place) => figure(name, place)));
  const choice = share =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: group, value: share, checked: share === USUAL, onchange: () => (maps.className = `overlay-maps ${classOf(share)}`) }),
      h("span", {}, String(share).replace(/^0\./, ".")),
    );
  const choices = h("div", { class: "seg", role: "radiogroup", "aria-label": "How much the picture shows through" }, THROUGH.map(choice));
  return h("div", {}, h("p", { class: "overlay-head small quiet" }, h("span", {}, "Picture shows through"), choices), maps, h("p", { class: "why" }, part.caption));

  function figure(name, place) {
    const { width, height } = part;
    const under = h("img", { src: layer(0), alt: "", width, height, loading: "lazy" });
    const over = h("img", { class: "over", src: layer(place + 1), alt: `${part.title}: ${name}`, width, height, loading: "lazy" });
    return h("figure", {}, h("div", { class: "stack" }, under, over), h("figcaption", { class: "small" }, name));
  }
}

const classOf = share => `through-${Math.round(share * 100)}`;
