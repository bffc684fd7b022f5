// The selected images in small. Pressing one opens it; S takes it out of the selection or puts it back.
import { h, replace } from "./dom.js";
import { address } from "./api.js";

const SHOWN = 17;

export function drawThumbs(root, { dataset, images, dropped, image }, names, onopen) {
  const shown = images.slice(0, images.length > SHOWN + 1 ? SHOWN : SHOWN + 1),
    rest = images.length - shown.length;
  replace(
    root,
    shown.map((index, place) => {
      const out = dropped.includes(index),
        name = names.get(index) || `image ${index}`;
      return h(
        "button",
        {
          class: out ? "thumb out" : "thumb",
          type: "button",
          title: name,
          "data-image": index,
          "aria-current": place === image ? "true" : null,
          "aria-label": `Open ${name}${out ? ", not selected" : ""}`,
          onclick: () => onopen(place),
        },
        h("img", { src: address.thumbnail(dataset, index), alt: "", loading: "lazy" }),
      );
    }),
    rest > 0
      ? h("a", { class: "thumb more num", href: "/images", "aria-label": `${rest} more selected images` }, `+${rest}`)
      : null,
  );
}
