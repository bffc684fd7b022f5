// The images behind a bin, a point, a selection or a list: paged, sorted, chosen into the basket.
import { $, h, icon, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { mark, pager, walkByKeys, withFocus } from "./gallery-grid.js";
import { galleryItem, openLarge } from "./gallery-item.js";
import { fetchImages, fetchIndices } from "./image-facts.js";
import { classShown, lookQuery } from "./request.js";
import { complain, toast } from "../shell/toast.js";

const SIZE = 24;
const SORTS = {
  value: "value",
  confidence: "confidence",
  n_classes: "distinct classes",
  name: "file name",
  index: "place in dataset",
};

/** What comes first where nothing else was chosen: in a list its own order, in the scatterplot the surest. */
function sorting({ look, sort, order }) {
  if (look.list && !sort) return {};
  return { sort: sort ?? (look.plot === "scatter" ? "confidence" : "value"), order: order ?? "desc" };
}

const sorted = state => sorting(state).sort ?? "";

function tagOf(state) {
  const { look, sort, order } = state;
  if (sort || look.list) return null;
  if (look.plot === "distance") {
    const name = classShown(state) ?? state.group;
    return `least like ${name ?? "their label"} ${order === "asc" ? "last" : "first"}`;
  }
  return `${look.plot === "scatter" ? "surest" : "strongest"} ${order === "asc" ? "last" : "first"}`;
}

function titleOf({ look, answers, suggestion }, total) {
  if (look.list) return suggestion.lists.find(({ kind }) => kind === look.list)?.title ?? "Images";
  const bin = look.bin !== undefined && answers[look.plot]?.bins?.[look.bin];
  if (bin) return bin.label;
  const place = look.bin !== undefined ? `bin ${look.bin + 1}` : look.rows ? "this point" : "the selection";
  return `${count(total, "image")} ${look.rows ? "at" : "in"} ${place}`;
}

/** A list shows fewer images than it counts: of those that are nearly the same one is enough, and it ends somewhere. */
function leftOut(n, shown) {
  if (!shown || !Number.isFinite(n) || n <= shown) return "";
  return `${group(shown)} of ${count(n, "image")} ${shown === 1 ? "is" : "are"} listed: no two nearly the same, the most telling first.`;
}

export function createGallery(store, basket) {
  const root = $("#gallery");
  let newest = 0;
  let page = { key: null, at: 1, total: 0, images: [] };
  let awaited = false; // somebody pressed for these images: they come into view with the first of them

  /** A list stands below what was pressed for it, often out of sight. */
  function comeIntoView() {
    if (!awaited) return;
    awaited = false;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    root.scrollIntoView({ block: "start", behavior });
  }

  const query = state => ({ ...lookQuery(state, state.look), ...sorting(state) });
  function close() {
    const inside = root.contains(document.activeElement);
    const { list } = store.state.look ?? {};
    store.set({ look: null });
    if (inside) ($(`[data-list="${CSS.escape(list ?? "")}"]`) ?? $("#canvas")).focus();
  }
  const turn = by => store.set({ page: page.at + by });

  async function addAll() {
    try {
      const { suggestion, dataset, look } = store.state;
      const indices = await fetchIndices(suggestion, lookQuery(store.state, look));
      if (dataset !== store.state.dataset) return; // they are images of the one before
      basket.select(indices, true);
      toast(`${count(indices.length, "image")} selected.`, { stay_ms: 3000 });
    } catch (error) {
      complain(error);
    }
  }

  function sorter(state) {
    const chosen = sorted(state);
    const options = Object.entries(SORTS).map(([value, words]) =>
      h("option", { value, selected: value === chosen }, words),
    );
    const onchange = event => store.set({ sort: event.target.value || null, page: 1 });
    const own = state.look.list ? h("option", { value: "", selected: !chosen }, "most telling") : null;
    const up = state.order === "asc";
    const turnOrder = () => store.set({ order: up ? "desc" : "asc", sort: chosen || "value", page: 1 });
    const label = up ? "Smallest first; press for largest first" : "Largest first; press for smallest first";
    return [
      h("select", { class: "field low", "aria-label": "Sort by", id: "gallery-sort", onchange }, own, options),
      h(
        "button",
        {
          class: "btn tiny icon",
          type: "button",
          id: "gallery-order",
          "aria-label": label,
          "data-tip": label,
          onclick: turnOrder,
        },
        icon("sort"),
      ),
    ];
  }

  function headOf(state) {
    const tag = tagOf(state);
    const add = { class: "btn tiny", type: "button", id: "gallery-add", disabled: !page.total, onclick: addAll };
    return h(
      "header",
      {},
      h("h2", { class: "num", id: "gallery-title" }, titleOf(state, page.total)),
      tag ? h("span", { class: "tag not-s" }, tag) : null,
      h("span", { class: "grow" }),
      pager({ ...page, size: SIZE, shown: page.images.length }, turn),
      h("span", { class: "row" }, sorter(state), h("button", add, icon("plus"), `Add all ${group(page.total)}`)),
      h(
        "button",
        {
          class: "btn plain tiny icon",
          type: "button",
          id: "gallery-close",
          "aria-label": "Close these images",
          onclick: close,
        },
        icon("close"),
      ),
    );
  }

  const acts = {
    select: (index, on) => basket.select([index], on),
    open: image => openLarge(store.state.suggestion, image),
  };

  function render(state) {
    const of = { plot: state.look.plot, className: classShown(state) ?? state.group };
    const list = state.look.list && state.suggestion.lists.find(({ kind }) => kind === state.look.list);
    const reason = list && [list.reason, leftOut(list.n, page.total)].filter(Boolean).join(" ");
    const item = image => galleryItem(state.suggestion, image, of, basket.has(image.index), acts);
    withFocus(root, () =>
      replace(
        root,
        headOf(state),
        reason ? h("p", { class: "why reason" }, reason) : null,
        h(
          "div",
          { class: "in gallery" },
          page.images.length ? page.images.map(item) : h("p", { class: "quiet" }, "There are no images here."),
        ),
      ),
    );
  }

  async function load(state) {
    const mine = ++newest;
    const asked = { ...query(state), page: state.page, size: SIZE };
    const finished = state.suggestion.job?.status ?? "";
    const wanted = JSON.stringify([state.suggestion.id, finished, asked]);
    if (wanted === page.key) return;
    try {
      const answer = await fetchImages(state.suggestion, asked);
      if (mine !== newest) return;
      page = { key: wanted, at: answer.page, total: answer.total, images: answer.images };
      render(store.state);
      comeIntoView();
    } catch (error) {
      if (mine === newest) complain(error);
    }
  }

  function draw(state) {
    root.hidden = !state.look || !state.suggestion || state.by === "evidence";
    if (root.hidden) {
      newest++;
      root.replaceChildren();
      page = { key: null, at: 1, total: 0, images: [] };
      return;
    }
    $(state.look.list ? "#lists" : "#plots").after(root);
    if (page.key) render(state);
    load(state);
  }

  walkByKeys(root, place => acts.open(page.images[place]));
  store.on(
    ["by", "look", "page", "sort", "order", "answers", "suggestion", "className", "group", "rule", "neuron", "modelShown"],
    draw,
  );
  store.on(["basket", "dataset"], () => mark(root, basket));
  const focus = () => (root.querySelector("input[data-index]") ?? root).focus();
  const expect = () => {
    awaited = true;
  };
  return { close, draw, expect, focus };
}
