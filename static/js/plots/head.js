// Title, sentence, choices and buttons above a plot.
import { h, replace } from "../lib/dom.js";
import { placeUnder } from "../shell/menu.js";
import { tool } from "./tools.js";

function exportMenu(kind, acts) {
  const id = `plot-menu-${kind}`;
  const menu = h("div", { class: "menu", popover: "auto", id, "aria-label": "Save this plot" });
  const item = (words, act) => {
    const onclick = () => {
      menu.hidePopover();
      act();
    };
    return h("button", { class: "btn plain wide", type: "button", onclick }, words);
  };
  menu.append(item("Picture, PNG", acts.png), item("Numbers, CSV", acts.csv));
  const button = tool("export", "Save this plot", { popovertarget: id });
  menu.addEventListener("toggle", () => placeUnder(menu, button));
  return [button, menu];
}

/** plot: as for the card; acts: zoom(), whole(), png(), csv(). */
export function createPlotHead(plot, acts) {
  const { kind } = plot;
  const title = h("h2", { id: `plot-${kind}` });
  const words = h("span");
  const choice = h("div", { class: "row" });
  const zoom = tool("zoom", "Zoom by dragging and by the wheel", { onclick: acts.zoom });
  const whole = tool("back", "Show the whole plot", { onclick: acts.whole });
  const table = tool("table", "Show as table", { onclick: plot.toggleTable });
  const tools = h(
    "div",
    { class: "tools", role: "group", "aria-label": "Plot tools" },
    whole,
    zoom,
    table,
    exportMenu(kind, acts),
  );
  const element = h("header", {}, h("div", { class: "grow" }, title, h("p", { class: "small quiet" }, words, plot.after)), choice, tools);
  let drawn = "";

  function draw(zooming) {
    title.textContent = plot.heading();
    words.textContent = plot.sentence();
    zoom.setAttribute("aria-pressed", String(zooming));
    table.setAttribute("aria-pressed", String(plot.tabled()));
    whole.hidden = !plot.zoomed();
    const fresh = plot.choiceKey();
    if (fresh === drawn) return;
    drawn = fresh;
    replace(choice, plot.choice());
  }

  return { element, draw };
}
