// The chosen feature from every start, and a class under the other models that know it: small ascents, one after the other.
import { $, h, key, replace } from "../lib/dom.js";
import { address, cancel, get, pause, post } from "../lib/api.js";
import { spark } from "./curve.js";
import { MANY } from "./request.js";
import { ended } from "./runner.js";
import { reasonOf, titleOf } from "./stop.js";
import { ready } from "../lib/choices.js";

const STEP_MS = 250;
const MOST_MODELS = 4;
const TITLES = { black: "black", white: "white", noise: "noise", blurred: "blurred noise" };

/** The model of the ascent first, then others that have a class of this name. */
function modelsFor({ catalog, ascent }, target) {
  const all = ready(catalog.models);
  const own = all.filter(({ id }) => id === ascent.model.id);
  if (ascent.request.kind !== "class") return own;
  const name = own[0]?.class_names?.[target.index];
  const others = all.filter(({ id, class_names: names }) => id !== ascent.model.id && (names ?? []).includes(name));
  return [...own, ...others].slice(0, MOST_MODELS);
}

function bodyOf({ request, model: own }, target, model, initial) {
  const { kind, layer, preset, params, seed } = request;
  const names = model.class_names ?? [];
  const index = kind === "class" && model.id !== own.id ? names.indexOf(target.className) : target.index;
  return {
    model: model.id,
    [MANY[kind]]: [index],
    layer: kind === "class" ? null : layer,
    initial,
    preset,
    params,
    seed,
  };
}

function cell({ answer, error }, kind, contrast, words) {
  if (error) return h("span", {}, h("span", { class: "stop bad" }, error));
  if (!answer) return h("span", {}, h("span", { class: "wait" }));
  const [target] = answer.targets;
  const [look, , reason] = reasonOf(target, answer.request);
  const image = h("img", { class: "px", src: address.generated(answer.id, 0, contrast, target.steps), alt: words });
  return h(
    "span",
    {},
    image,
    h("span", { class: `stop ${look}` }, spark(target, kind === "class"), h("span", {}, reason.split(" · ").at(-1))),
  );
}

export function createCompare(store) {
  const root = $("#compare");
  let turn = 0;
  let table = null; // {about, models, cells: Map}
  let going = null;

  /** Another ascent ends the comparison of the last one. */
  function leave() {
    turn++;
    if (going) cancel(going).catch(() => {});
    going = null;
  }

  const aboutOf = ({ ascent, shown }) => (ascent ? `${ascent.id} ${Math.min(shown, ascent.targets.length - 1)}` : null);

  async function one(body, mine) {
    let { maximization: answer } = await post("/maximizations", body);
    if (mine === turn) going = answer.job;
    else cancel(answer.job).catch(() => {});
    while (mine === turn && !ended(answer)) {
      await pause(STEP_MS);
      answer = await get(`/maximizations/${encodeURIComponent(answer.id)}`);
    }
    if (mine === turn) going = null;
    if (answer.status === "failed") throw answer.job.error;
    return answer;
  }

  async function run(state, target, models) {
    leave();
    const mine = turn;
    table = { about: aboutOf(state), models, cells: new Map() };
    draw(store.state);
    for (const model of models)
      for (const initial of Object.keys(TITLES)) {
        if (mine !== turn) return;
        const outcome = await one(bodyOf(state.ascent, target, model, initial), mine).then(
          answer => ({ answer }),
          error => ({ error: error.message }),
        );
        if (mine !== turn) return;
        table.cells.set(`${model.id} ${initial}`, outcome);
        draw(store.state);
      }
  }

  function rows(state, name) {
    const { kind } = state.ascent.request;
    return table.models.map(model =>
      h(
        "tr",
        {},
        h(
          "th",
          { scope: "row" },
          h("span", { class: "row" }, key(model), h("span", { class: "clip", title: model.name }, model.name)),
        ),
        Object.entries(TITLES).map(([initial, title]) =>
          h(
            "td",
            {},
            cell(
              table.cells.get(`${model.id} ${initial}`) ?? {},
              kind,
              state.contrast,
              `${name} of ${model.name} from ${title}`,
            ),
          ),
        ),
      ),
    );
  }

  function draw(state) {
    const { ascent, shown } = state;
    const found = ascent?.targets[Math.min(shown, ascent.targets.length - 1)];
    root.hidden = !ascent || !ended(ascent) || !found?.curve.length;
    if (root.hidden) return;
    const own = state.catalog.models.find(({ id }) => id === ascent.model.id);
    const target = { ...found, className: own?.class_names?.[found.index] };
    const models = modelsFor(state, target);
    const name = titleOf(found, ascent.request.kind);
    const current = table?.about === aboutOf(state);
    const words =
      models.length > 1
        ? `Compare ${Object.keys(TITLES).length} starts × ${models.length} models`
        : `Compare ${Object.keys(TITLES).length} starts`;
    const act = h(
      "button",
      {
        class: "btn tiny",
        type: "button",
        id: "compare-run",
        disabled: !models.length,
        onclick: () => run(state, target, models),
      },
      words,
    );
    const head = h(
      "tr",
      {},
      h("th", { scope: "col" }, h("span", { class: "sr" }, "Model")),
      Object.values(TITLES).map(title => h("th", { scope: "col" }, title)),
    );
    const focused = document.activeElement?.id === "compare-run";
    replace(
      root,
      h(
        "header",
        {},
        h("h2", { class: "grow" }, `${name} from other starts${models.length > 1 ? " and models" : ""}`),
        h("span", { class: "small quiet" }, "same steps, same stop rule"),
        act,
      ),
      current
        ? h(
            "div",
            { class: "in" },
            h("table", { class: "starts" }, h("thead", {}, head), h("tbody", {}, rows(state, name))),
          )
        : null,
    );
    if (focused) $("#compare-run", root)?.focus();
  }

  store.on(["ascent", "shown", "contrast", "catalog"], draw);
  store.on(["posting"], ({ posting }) => posting && leave());
  return { draw };
}
