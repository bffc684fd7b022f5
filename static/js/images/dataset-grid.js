// Thumbnails to choose from: a click or Space selects, Shift extends, arrows move, Enter opens large.
import { $$, h, icon, replace } from "../lib/dom.js";
import { address } from "../lib/api.js";
import { fileLabel } from "../lib/file-name.js";
import { fileName } from "../lib/format.js";

const UNREAD = "This file cannot be read. Enter goes to the list of bad files.";

/** In place of a picture that cannot be shown. */
function markUnread(event) {
  const element = event.target.closest(".tile");
  element?.classList.add("unread");
  element?.setAttribute("aria-label", `${element.getAttribute("aria-label")}, cannot be read`);
  event.target.replaceWith(h("span", { class: "no-image", title: UNREAD }, "cannot be read"));
}

const tile = (dataset, { index, name, label }, selected) =>
  h(
    "div",
    {
      class: "tile",
      role: "option",
      tabIndex: -1,
      "data-index": index,
      "aria-selected": String(selected),
      "aria-label": label === null || label === undefined ? name : `${name}, label ${label}`,
    },
    h("img", { src: address.thumbnail(dataset, index, 192), alt: "", loading: "lazy", onerror: markUnread }),
    h("span", { class: "mark", "aria-hidden": "true" }, icon("check")),
    fileLabel(fileName(name), { class: "file mono", title: name }),
    h("span", { class: "label-t clip" }, label ?? ""),
  );

/** acts: select(indices, on), open(index), unread(), turn(by) -> page turned. isSelected(index). */
export function createDatasetGrid(root, acts, isSelected) {
  let here = 0;
  let anchor = 0;
  const tiles = () => $$(".tile", root);
  const columns = () => getComputedStyle(root).gridTemplateColumns.split(" ").length;
  const indices = (a, b) =>
    tiles()
      .slice(Math.min(a, b), Math.max(a, b) + 1)
      .map(element => Number(element.dataset.index));

  function focus(place) {
    const all = tiles();
    if (!all.length) return;
    all[here]?.setAttribute("tabindex", "-1");
    here = Math.max(0, Math.min(all.length - 1, place));
    all[here].tabIndex = 0;
    all[here].focus();
  }

  const open = element => (element.matches(".unread") ? acts.unread() : acts.open(Number(element.dataset.index)));

  function toggle(place, extend) {
    const index = Number(tiles()[place].dataset.index);
    if (extend) acts.select(indices(anchor, place), true);
    else {
      acts.select([index], !isSelected(index));
      anchor = place;
    }
  }

  async function move(by, extend) {
    const to = here + by;
    const n = tiles().length;
    if (to < 0 || to >= n) {
      if (!extend && (await acts.turn(to < 0 ? -1 : 1))) {
        anchor = 0;
        focus(to < 0 ? Infinity : 0);
      }
      return;
    }
    if (extend) acts.select(indices(anchor, to), true);
    else anchor = to;
    focus(to);
  }

  root.addEventListener("click", event => {
    const element = event.target.closest(".tile");
    if (!element) return;
    const place = tiles().indexOf(element);
    toggle(place, event.shiftKey);
    focus(place);
  });
  root.addEventListener("dblclick", event => {
    const element = event.target.closest(".tile");
    if (element) open(element);
  });

  root.addEventListener("keydown", event => {
    if (!event.target.matches(".tile") || event.altKey) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() };
    if (event.key in steps) move(steps[event.key], event.shiftKey);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(Infinity);
    else if (event.key === " " || event.key.toLowerCase() === "s") toggle(here, event.shiftKey && event.key === " ");
    else if (event.key === "Enter" && !event.ctrlKey) open(event.target);
    else if (event.key === "PageDown" || event.key === "PageUp")
      acts.turn(event.key === "PageDown" ? 1 : -1).then(turned => {
        if (turned) focus(0);
      });
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) acts.select(indices(0, Infinity), true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function draw(dataset, images) {
    replace(
      root,
      images.map(image => tile(dataset, image, isSelected(image.index))),
    );
    here = 0;
    anchor = 0;
    if (root.firstChild) root.firstChild.tabIndex = 0;
  }

  const mark = () => {
    for (const element of tiles())
      element.setAttribute("aria-selected", String(isSelected(Number(element.dataset.index))));
  };
  return { draw, mark, focus };
}
