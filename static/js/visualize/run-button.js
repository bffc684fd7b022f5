// The one button that says what it does and what it costs, always in sight.
import { $, h, replace } from "../lib/dom.js";
import { matches } from "./answered.js";
import { count, group } from "../lib/format.js";
import { priceOf } from "./price.js";
import { obstacle, requestOf } from "./request.js";
import { term } from "../shell/term.js";
import { ended } from "./runner.js";
import { TRUST_REQUEST } from "./trust/request.js";
import { trustLine } from "./trust/run-line.js";

const finished = explanations =>
  explanations.flatMap(one => one?.cells ?? []).filter(({ status }) => status === "done").length;

/** What is there of what the button asks for: the strip above the result counts the same maps, as long as one is to come. */
function standing(explanations, maps) {
  const done = finished(explanations);
  return done >= maps && explanations.every(one => one && ended(one))
    ? `${count(maps, "map")} shown`
    : `${group(done)} of ${count(maps, "map")} ${done === 1 ? "is" : "are"} ready`;
}

/** The line under the button, as parts: what is there already, else what a press costs. */
function costOf(state, maps, pace) {
  const { explanation, view, sheets } = state;
  if (view === "methods" && sheets.size) return [standing([...sheets.values()].map(sheet => sheet.explanation), maps)];
  if (view !== "methods" && explanation && matches(state, explanation)) return [standing([explanation], maps)];
  const unchecked = state.unchecked && view !== "methods" && !state.posting;
  return [`${count(maps, "map")} · ${costInWords(state, maps, pace)}`, ...(unchecked ? [" · ", term("unchecked", "unchecked")] : [])];
}

function costInWords(state, maps, pace) {
  if (state.view === "methods") return "each method with its own settings";
  return state.posting ? "asked for" : priceOf(state, requestOf(state).models, maps, pace);
}

/** Drawn when it says something else: what has the focus in it keeps it. */
function drawCost(parts) {
  const words = parts.map(part => part.textContent ?? part).join("");
  if ($("#cost").textContent !== words) replace($("#cost"), parts);
}

/** What the factors on the button are. */
const product = (images, models, methods) =>
  `${count(images, "image")} × ${count(models, "model")}${methods ? ` × ${count(methods, "method")}` : ""}`;

/** `pace` remembers how long a forward pass takes. */
export function createRunButton(store, run, pace) {
  function drawTrust(state) {
    const line = trustLine(state, obstacle(state));
    $("#run-label").textContent = line.label;
    $("#run").title = line.title;
    $("#run").disabled = line.disabled;
    drawCost([line.cost]);
    $("#panel-summary").replaceChildren(h("strong", {}, line.lead), line.rest, count(requestOf(state).images.length, "image"));
  }

  function draw(state) {
    if (state.view === "trust") return drawTrust(state);
    const { models, images } = requestOf(state);
    const missing = obstacle(state);
    const several = state.view === "methods" ? state.methods.length : 0;
    const maps = models.length * images.length * (several || 1);
    $("#run-label").textContent = missing ? "Explain" : `Explain ${group(images.length)} × ${models.length}${several ? ` × ${several}` : ""}`;
    $("#run").title = missing ? "" : product(images.length, models.length, several);
    $("#run").disabled = Boolean(missing);
    drawCost(missing ? [missing] : costOf(state, maps, pace));
    $("#panel-summary").replaceChildren(
      h("strong", {}, state.analyzer ?? "No method"),
      ` · ${count(models.length, "model")} · ${count(images.length, "image")}`,
    );
  }

  const request = ["models", "images", "dropped", "dataset", "analyzer", "params", "costs", "target", "neurons", "layers", "view", "methods", "sheets"];
  store.on([...request, "engine", "softmax", "unchecked", "explanation", "posting", "catalog"], draw);
  store.on([...TRUST_REQUEST, "trust", "trustPosting", "cost"], state => state.view === "trust" && drawTrust(state));
  $("#run").addEventListener("click", run);
  return draw;
}
