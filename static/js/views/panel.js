// The request on the left: view with its settings, models, images, and the button.
import { $, h, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";
import { ended } from "../lib/follow.js";
import { ready } from "../lib/choices.js";
import { keepFocus } from "../lib/focus.js";
import { createModelChips } from "../widgets/model-chips.js";
import { createParameterForm } from "../widgets/parameter-form.js";
import { chooseDataset, obstacle, viewOf } from "./request.js";

const MANY = 20; // forward passes an image, above which their number is said

function createViewSection(store) {
  const check = ({ name }) => `/views/${encodeURIComponent(name)}/check`;
  const form = createParameterForm($("#params"), params => store.set({ params }), check);

  function draw(state) {
    const view = viewOf(state);
    const option = ({ name, title }) => h("option", { value: name, selected: name === state.view }, title);
    replace($("#view"), state.catalog.views.map(option));
    $("#view-summary").textContent = view ? `${view.summary}${view.from ? ` A plug-in, from ${view.from}.` : ""}` : "";
    form.show(view, state.params);
  }
  $("#view").addEventListener("change", event => store.set({ view: event.target.value, params: {} }));
  store.on(["view"], keepFocus(draw));
  return { draw, form };
}

function createImageSection(store) {
  function draw(state) {
    const sets = ready(state.catalog.datasets).map(({ id, name, n }) =>
      h("option", { value: id, selected: id === state.dataset }, `${name} · ${group(n)}`),
    );
    replace($("#dataset"), sets.length ? sets : h("option", { value: "" }, "no dataset yet"));
    $("#image-count").textContent = group(state.images.length);
    const basket = state.basket.dataset === state.dataset && state.basket.images.length;
    $("#image-words").textContent = basket
      ? "Those that are selected on Images."
      : "Some, spread over the dataset. Select others on Images.";
  }
  $("#dataset").addEventListener("change", event => {
    store.set(chooseDataset(store.state, event.target.value || null));
  });
  store.on(["catalog", "dataset", "images"], keepFocus(draw));
  return draw;
}

/** What is asked for, and of a view that asks the network often, how often. */
function costOf(state) {
  const what = `${count(state.images.length, "image", "images")} under ${count(state.models.length, "model", "models")}`;
  const plain = !Object.keys(state.params).length;
  const passes = state.costs?.params === state.params ? state.costs.passes : plain ? viewOf(state)?.passes : null;
  return passes > MANY ? `${what} · ${group(passes)} forward passes each` : what;
}

function drawButton(state) {
  const missing = obstacle(state);
  const going = state.posting || (state.shown && !ended(state.shown));
  $("#run").disabled = Boolean(missing) && !going;
  $("#run-label").textContent = going ? "Stop" : "Show";
  $("#cost").textContent = missing ?? costOf(state);
  replace($("#panel-summary"), h("strong", {}, viewOf(state)?.title ?? "No view"), ` · ${$("#cost").textContent}`);
}

export function createViewPanel(store, acts) {
  const view = createViewSection(store);
  const sections = [view.draw, createModelChips(store), createImageSection(store), drawButton];
  const error = $("#request-error");
  store.on(["problem"], ({ problem }) => {
    const placed = view.form.complain(problem);
    error.hidden = !problem || placed;
    error.textContent = problem && !placed ? problem.sentence : "";
  });
  store.on(["catalog", "view", "models", "dataset", "images", "params", "costs", "shown", "posting"], drawButton);
  $("#params").addEventListener("checked", ({ detail }) => {
    if (detail.answer) store.set({ costs: { params: detail.params, passes: detail.answer.passes } });
  });
  $("#run").addEventListener("click", acts.press);
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.press();
  });
  return { draw: state => sections.forEach(draw => draw(state)), firstInvalid: view.form.firstInvalid };
}
