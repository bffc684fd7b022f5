// The tray at the foot of the page: what is selected, as cards or rows; pulled up by its edge, all of the page as Table.
import { h } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { onKeys } from "../../shell/keyboard.js";
import { complain, toast } from "../../shell/toast.js";
import { createCards } from "./cards.js";
import { whenChanged } from "./changed.js";
import { SHUT_PX, createDivider } from "./divider.js";
import { explainSelection } from "./explain.js";
import { sortOf } from "./layout.js";
import { createNaming } from "./naming.js";
import { createPages } from "./pages.js";
import { watchPointed } from "./pointed.js";
import { createRowsView } from "./rows-view.js";
import { drawBar } from "./tray-bar.js";
import { modelOf } from "./values.js";

const TAG = { title: "Add tag", label: "New tag", verb: "Add", longest: 60 };
const LIST = { title: "Save as a dataset", label: "Name", verb: "Save", longest: 80 };
const FIELDS = ["exploration", "view", "tray", "query", "sort", "order", "image", "colour", "maps"];

/** How the list is shown now. */
const modeOf = ({ view, tray }, n) => (view === "table" ? "rows" : tray === "cards" && !n ? "rows" : (tray ?? "closed"));

export function createTray(root, { store, selection, api }) {
  const bar = h("header", { id: "tray-head" });
  const body = h("div", { class: "tray-body" });
  const pages = createPages(ask, () => drawList(store.state));
  let facts = null; // of what is selected

  const id = () => store.state.exploration.id;

  async function ask({ exploration, version: _version, ...question }, start, size, signal) {
    try {
      return await api.rows(exploration, { ...question, start, size }, signal);
    } catch (error) {
      if (error.field === "selection") setTimeout(() => selection.set(selection.bits)); // the server forgot it: sent again
      throw error;
    }
  }

  const acts = {
    read: query => api.query(id(), query),
    tick: (row, on) => (on ? selection.add([row.row]) : selection.remove([row.row])),
    open: row => store.set({ image: row.row }),
    clear: () => selection.clear(),
    mode: tray => store.set({ tray }),
    sort: ([sort, order]) => store.set({ sort, order }),
    tag: opener => askTag(opener, store.state.exploration.tags),
    save: opener => askName(opener, [], `${store.state.exploration.dataset.name} selection`),
    explain: () => selection.asked(sid => explainSelection(store.state, api, sid)),
    toggle() {
      const open = modeOf(store.state, selection.count) !== "closed";
      store.set({ tray: open ? "closed" : selection.count ? "cards" : "rows" });
    },
    async selectFound() {
      const [of, { version }] = [id(), selection];
      try {
        const { selection: sid } = await api.select(of, { query: store.state.query });
        const bits = await api.bits(of, sid);
        if (version === selection.version) selection.set(bits, sid); // nothing else was selected meanwhile
      } catch (error) {
        complain(error);
      }
    },
  };

  async function tagAll(tag) {
    const [of, { count: n }] = [id(), selection];
    try {
      const { tags, version } = await selection.asked(sid => api.tag(of, { selection: sid, tag, on: true }));
      if (of === id()) store.set({ exploration: { ...store.state.exploration, tags, version } });
      toast(`${count(n, "image")} tagged “${tag}”.`);
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }

  async function saveList(name) {
    const [of, { count: n }] = [id(), selection];
    try {
      const { dataset } = await selection.asked(sid => api.subset(of, { selection: sid, name }));
      const act = () => location.assign(`/images#dataset=${encodeURIComponent(dataset.id)}`);
      toast(`${count(n, "image")} saved as the dataset “${dataset.name}”.`, { act, label: "Open" });
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }

  const divider = createDivider(root, height_px => {
    if (height_px <= SHUT_PX) store.set({ tray: "closed" });
    else if (modeOf(store.state, 0) === "closed") store.set({ tray: selection.count ? "cards" : "rows" });
  });
  const rowsView = createRowsView(store, selection, pages, acts);
  const cards = createCards(store, pages, acts);
  root.replaceChildren(divider.element, bar, body);
  watchPointed(body, store);
  const askTag = createNaming(root, TAG, tagAll);
  const askName = createNaming(root, LIST, saveList);

  const toTop = whenChanged(list => list.top());

  /** Another query or another order begins at its top; with another selection the list stays where it is. */
  function drawList(state) {
    const mode = modeOf(state, selection.count);
    if (mode === "closed" || !state.exploration) return;
    const shown = mode === "cards" ? cards : rowsView;
    if (body.firstChild !== shown.element) body.replaceChildren(shown.element);
    const { query = "", sort, order } = pages.question ?? {};
    toTop([mode, query, sort, order], shown);
    shown.draw(state);
  }

  const redraw = whenChanged((state, shown) => drawBar(bar, state, shown, acts));

  function draw(state) {
    const sorting = sortOf(state, modelOf(state).letter);
    const shown = { n: selection.count, facts, mode: modeOf(state, selection.count), sorting };
    redraw([shown, state.view, state.exploration.id, modelOf(state).letter], state, shown);
  }

  /** What the list shows: of the selection, but as Table all images; cards are not filtered. */
  async function question(state, mode) {
    const { id: exploration, version } = state.exploration;
    const within = selection.count && state.view !== "table" ? { selection: await selection.sid() } : {};
    const query = mode === "rows" && state.query ? { query: state.query } : {};
    return { exploration, version, ...query, ...within, ...sortOf(state, modelOf(state).letter) };
  }

  let latest = 0;
  async function load(state) {
    const mode = modeOf(state, selection.count);
    if (mode === "closed") return;
    const mine = ++latest;
    try {
      const wanted = await question(state, mode);
      const { query: _refused, ...otherwise } = wanted;
      if (mine === latest) await pages.open(wanted, otherwise);
    } catch (error) {
      if (mine === latest) complain(error);
    }
  }

  async function loadFacts() {
    facts = null;
    const { count: n, version } = selection;
    if (!n || !store.state.exploration) return;
    try {
      const found = await selection.asked(sid => api.facts(id(), sid));
      if (version === selection.version) facts = found;
    } catch (error) {
      if (version === selection.version) complain(error);
    }
    draw(store.state);
  }

  function render(state) {
    root.hidden = !state.exploration?.facts;
    if (root.hidden) return;
    const mode = modeOf(state, selection.count);
    root.classList.toggle("shut", mode === "closed");
    if (mode === "closed") divider.shut();
    else divider.open();
    draw(state);
    drawList(state);
    load(state);
  }

  /** The first images open it, the last ones that go shut the cards. */
  function selectionChanged() {
    const { tray = "closed", view } = store.state;
    const roomy = matchMedia("(min-width: 701px)").matches;
    if (selection.count && tray === "closed" && view !== "table" && roomy) store.set({ tray: "cards" });
    if (!selection.count && tray === "cards") store.set({ tray: "closed" });
    loadFacts();
    render(store.state);
  }

  /** Previous and next image of the list; of the dataset where the image is not in it. */
  function step(by) {
    const { image, exploration, view, cell } = store.state;
    if (view === "confusion" && cell) return; // the wall has an order of its own
    const place = pages.placeOf(image);
    const next = place >= 0 ? pages.at(place + by)?.row : image + by;
    if (next !== undefined && next >= 0 && next < exploration.dataset.n) store.set({ image: next });
  }

  function openQuery() {
    if (store.state.view !== "table" && store.state.tray !== "rows") store.set({ view: "table" });
    rowsView.focusQuery();
  }

  selection.addEventListener("changed", selectionChanged);
  addEventListener("innv:step", (/** @type {CustomEvent} */ event) => step(event.detail));
  store.on(FIELDS, render);
  onKeys({ "/": openQuery });
  return { render };
}
