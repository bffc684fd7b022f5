// The card to paint on: tools, what is painted, undo.
import { $, h, icon, replace, segmented } from "../../lib/dom.js";
import { createPad } from "./pad.js";
import { blank, boxesOf, cellsOf, share } from "./cells.js";
import { boxesHere, keyOf } from "./request.js";

const TOOLS = [
  ["brush", "Brush"],
  ["box", "Box"],
  ["eraser", "Erase"],
];
const MOST_KEPT = 100;

/** ended(): called after each stroke. -> {element, draw(state), isUnderWay()} */
export function createPainting(store, ended) {
  const tool = { kind: "brush", wide: 5 };
  let cells = blank();
  let shown = ""; // of which boxes the cells are
  let past = [];

  const write = next => {
    cells = next;
    const boxes = boxesOf(cells);
    const { state } = store;
    shown = JSON.stringify([keyOf(state), boxes]);
    store.set({ regions: { ...state.regions, [keyOf(state)]: boxes } });
  };
  const undo = () => past.length && write(past.pop());
  const keep = () => {
    past = [...past, cells].slice(-MOST_KEPT);
  };
  const picture = () => {
    const { dataset, image, spread } = store.state;
    return dataset && image !== null && spread !== "samples" ? [dataset, image] : null;
  };
  const pad = createPad({ picture, cells: () => cells, tool: () => tool, keep, set: write, undo, ended });

  const size = h("input", {
    type: "range",
    min: 1,
    max: 14,
    value: tool.wide,
    "aria-label": "Size of the brush",
    oninput: event => {
      tool.wide = Number(event.target.value);
      pad.draw();
    },
  });
  const tools = segmented("own-tool", "Tool", TOOLS, tool.kind, kind => {
    tool.kind = kind;
  });
  tools.classList.remove("full");
  const small = (name, words, act) => h("button", { class: "btn plain tiny icon", type: "button", "aria-label": words, "data-tip": words, onclick: act }, icon(name));
  const clear = () => {
    keep();
    write(blank());
    pad.draw();
  };
  const element = h(
    "section",
    { class: "card paintcard" },
    h("header", {}, h("h2", { class: "grow clip", id: "own-title" }), tools, h("label", { class: "tool" }, h("span", {}, "Size"), size), small("back", "Undo", () => (undo(), pad.draw())), small("close", "Clear", clear)),
    h("div", { class: "in" }, pad.element, h("p", { class: "legendline", id: "own-share", role: "status" })),
  );

  function draw(state) {
    const boxes = boxesHere(state);
    const now = JSON.stringify([keyOf(state), boxes]);
    if (now !== shown) {
      [shown, cells, past] = [now, cellsOf(boxes), []];
    }
    const record = state.datasets.find(({ id }) => id === state.dataset);
    $("#own-title", element).textContent = record && state.image !== null ? `Image ${state.image + 1} of ${record.n}` : "Picture";
    const part = h("b", { class: "num" }, `${Math.round(100 * share(cells))} %`);
    replace($("#own-share", element), h("span", { class: "pk minus", "aria-hidden": "true" }, "−"), "not here: ", part, " of the picture");
    pad.draw();
  }
  return { element, draw, isUnderWay: pad.isUnderWay };
}
