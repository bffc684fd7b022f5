// The one button that says what it does and what it costs, always in sight.
import { $, h } from "./dom.js";
import { matches } from "./answered.js";
import { count, group, seconds } from "./format.js";
import { obstacle, requestOf } from "./request.js";
import { ended } from "./runner.js";

const SHORTEST_S = 0.01;

function costOf(state, maps, pace) {
  const { explanation, posting, analyzer, unchecked, view, sheets } = state;
  if (view === "methods") return sheets.size ? "shown" : "each method with its own settings";
  if (explanation && matches(state, explanation)) return posting || !ended(explanation) ? "running" : "shown";
  const perMap = pace.get(analyzer);
  const time = perMap ? `about ${seconds(Math.max(SHORTEST_S, perMap * maps))}` : "the first map takes longest";
  return unchecked ? `${time} · unchecked` : time;
}

/** `pace` remembers seconds a map by method. */
export function createRunButton(store, run, pace) {
  function draw(state) {
    const { models, images } = requestOf(state);
    const missing = obstacle(state);
    const several = state.view === "methods" ? state.methods.length : 0;
    const maps = models.length * images.length * (several || 1);
    $("#run-label").textContent = missing ? "Explain" : `Explain ${group(images.length)} × ${models.length}${several ? ` × ${several}` : ""}`;
    $("#run").disabled = Boolean(missing);
    $("#cost").textContent = missing ?? `${count(maps, "map")} · ${costOf(state, maps, pace)}`;
    $("#panel-summary").replaceChildren(
      h("strong", {}, state.analyzer ?? "No method"),
      ` · ${count(models.length, "model")} · ${count(images.length, "image")}`,
    );
  }

  const request = ["models", "images", "dropped", "dataset", "analyzer", "params", "target", "neurons", "layers", "view", "methods", "sheets"];
  store.on([...request, "engine", "softmax", "unchecked", "explanation", "posting", "catalog"], draw);
  $("#run").addEventListener("click", run);
  return draw;
}
