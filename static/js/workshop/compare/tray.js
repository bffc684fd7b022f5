// What is ticked, at the foot of the page: two runs, and the way to their difference.
import { $, h, icon, replace } from "../../lib/dom.js";

const words = names => (names.length === 2 ? names.join(" and ") : "tick another to see the difference");

function bar(runs, acts) {
  const show = { type: "button", class: "btn primary", id: "difference-show", disabled: runs.length < 2, onclick: acts.show };
  return h(
    "div",
    { class: "tray" },
    h("b", {}, runs.length === 2 ? "2 runs" : "1 run"),
    h("span", { class: "grow clip quiet" }, words(runs.map(({ name }) => name))),
    h("button", { type: "button", class: "btn plain", onclick: acts.clear }, "Clear"),
    h("button", show, icon("compare"), "Show the difference"),
  );
}

/** The ticked runs, older first: the newest of three takes the place of the first that was ticked. */
export const tickedWith = (ticked, id, on) => (on ? [...ticked.filter(other => other !== id), id].slice(-2) : ticked.filter(other => other !== id));

export function createTray(store) {
  const acts = {
    clear: () => store.set({ ticked: [] }),
    show: () => {
      const { ticked, runs } = store.state;
      const older = runs.map(({ id }) => id).filter(id => ticked.includes(id)).reverse();
      store.set({ difference: older, ticked: [] });
      $("#canvas").scrollTop = 0;
      $("#difference-title")?.focus();
    },
  };
  const draw = state => {
    const runs = state.runs.filter(({ id }) => state.ticked.includes(id)).reverse();
    replace($("#tray"), runs.length ? bar(runs, acts) : null);
  };
  store.on(["ticked", "runs"], draw);
  return draw;
}
