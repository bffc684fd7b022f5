// What came of a view, model by model, and what to do where there is nothing yet.
import { $, colour, h, key, replace } from "../lib/dom.js";
import { ended } from "../lib/follow.js";
import { themeNow } from "../lib/theme.js";
import { obstacle, viewOf } from "./request.js";
import { drawPart } from "./parts.js";

const part = encodeURIComponent;

function modelBlock(shown, model) {
  const head = h("h2", { class: `view-model ${colour(model.letter)}` }, key(model), h("span", {}, model.name));
  if (model.error) return [head, h("p", { class: "strip bad show" }, `${model.error.message} ${model.error.hint}`.trim())];
  if (!model.parts) return [head, h("p", { class: "why" }, ended(shown) ? "Not computed." : "Waiting …")];
  const src = place => layer => `/api/v1/views/${part(shown.id)}/images/${part(model.id)}/${place}.png?layer=${layer}`;
  return [head, h("div", { class: "view-parts" }, model.parts.map((one, place) => drawPart(one, src(place))))];
}

const stateOf = shown => (shown.status === "done" ? "ready" : ended(shown) ? shown.status : "running");

/** run(): what the button Show does. Redraws a model only when something came of it, and its plots not at each step. */
export function createResult(run) {
  const drawn = new Map();

  /** What is missing is added elsewhere; on a phone the panel with its button is folded. */
  function emptyActs({ catalog }, missing) {
    const links = [
      !catalog.models.length && h("a", { class: "btn primary", href: "/models" }, "Add a model"),
      !catalog.datasets.length && h("a", { class: "btn primary", href: "/images" }, "Open images"),
    ].filter(Boolean);
    const show = () => h("button", { class: "btn primary", type: "button", disabled: Boolean(missing), onclick: run }, "Show");
    return links.length ? links : show();
  }

  function drawModels(shown) {
    for (const id of [...drawn.keys()]) if (!shown.models.some(model => model.id === id)) drawn.delete(id);
    const blocks = shown.models.map(model => {
      const said = JSON.stringify([shown.id, model.version, model.parts ? themeNow() : ended(shown), model.error]);
      if (drawn.get(model.id)?.said !== said) {
        drawn.set(model.id, { said, block: h("section", { class: "view-of" }, modelBlock(shown, model)) });
      }
      return drawn.get(model.id).block;
    });
    const children = [...$("#result").children];
    if (children.length !== blocks.length || blocks.some((block, k) => block !== children[k])) replace($("#result"), blocks);
  }

  function drawEmpty(state) {
    const missing = obstacle(state);
    $("#empty-title").textContent = state.problem ? "This view could not be made" : "Nothing shown yet";
    $("#empty-words").textContent = state.problem?.sentence ?? (missing ? `${missing} Then press Show.` : viewOf(state).summary);
    replace($("#empty-acts"), emptyActs(state, missing));
  }

  return state => {
    const { shown, posting, problem } = state;
    const has = Boolean(shown) && !problem;
    $("#empty").hidden = has || posting;
    $("#result").hidden = !has;
    document.body.dataset.state = posting ? "running" : has ? stateOf(shown) : problem ? "failed" : "empty";
    if (has) drawModels(shown);
    else {
      drawn.clear();
      replace($("#result"));
      drawEmpty(state);
    }
  };
}
