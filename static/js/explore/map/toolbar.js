// The tools of the maps: move, lasso, box; zoom; whether loss stands out.
import { h, icon } from "../../lib/dom.js";

export const ZOOM = 1.6;

const TOOLS = [
  ["move", "hand", "Move (V)", "Move and zoom (V)"],
  ["lasso", "lasso", "Lasso (L)", "Draw around images (L). Shift adds, Alt removes."],
  ["box", "box", "Box (B)", "Drag a box (B). Shift adds, Alt removes."],
];
const ZOOMS = [
  [ZOOM, "plus", "Zoom in (+)"],
  [1 / ZOOM, "minus", "Zoom out (−)"],
  [0, "back", "Whole map (0)"],
];
const LOSS_TIP = "The higher an image's loss, the larger and deeper its dot (O)";

const tool = (symbol, name, tip, attributes) =>
  h(
    "button",
    { class: "btn plain tiny icon", type: "button", "aria-label": name, "data-tip": tip, ...attributes },
    icon(symbol),
  );

const rule = () => h("span", { class: "rule", "aria-hidden": "true" });

const modeButtons = act =>
  TOOLS.map(([name, symbol, words, tip]) =>
    tool(symbol, words, tip, { "data-tool": name, "aria-pressed": "false", onclick: () => act(name) }),
  );

const zoomButtons = act =>
  ZOOMS.map(([times, symbol, words]) =>
    tool(symbol, words, words, { "data-zoom": String(times), onclick: () => act(times) }),
  );

const lossButton = act =>
  h(
    "button",
    {
      class: "btn plain tiny",
      type: "button",
      id: "by-loss",
      "aria-pressed": "false",
      "data-tip": LOSS_TIP,
      onclick: act,
    },
    "Loss stands out",
  );

/** acts: mode(name), zoom(times; 0: whole), standout(). */
export function createToolbar(acts) {
  const modes = modeButtons(acts.mode);
  const loss = lossButton(acts.standout);
  const legend = h("div", { class: "legend", id: "legend", role: "group", "aria-label": "Colours" });
  const parts = [modes, rule(), zoomButtons(acts.zoom), rule(), loss];
  const tools = h("div", { class: "tools", role: "group", "aria-label": "Tools of the map" }, parts);

  function render({ mode, standout, hasLoss }) {
    for (const button of modes) button.setAttribute("aria-pressed", String(button.dataset.tool === mode));
    loss.setAttribute("aria-pressed", String(Boolean(standout)));
    loss.disabled = !hasLoss;
    loss.dataset.tip = hasLoss ? LOSS_TIP : "There are no labels, so there is no loss.";
  }

  return { root: h("header", {}, legend, tools), legend, render };
}
