// The request on the left: numbered steps, and the button that is the fourth and says what it costs.
import { $, h, replace } from "../../lib/dom.js";
import { count, seconds } from "../../lib/format.js";
import { WAYS, isLive, seedWords, settingWords } from "../summary.js";
import { chosenNames, marksOf, obstacle, requestOf } from "../request.js";
import { createCheck, isOfFile } from "./check.js";
import { createModelChoice } from "./model-choice.js";
import { createSettings } from "./settings.js";
import { createTiles } from "./tiles.js";

export const isBusy = ({ posting, runs }) => posting || runs.some(isLive);

/** The server's word against this request, where it is not said beside a field. */
const refusal = state => (state.checked?.error && !isOfFile(state) ? state.checked.error.sentence : null);

export const isRefused = state => Boolean(state.checked?.error && state.checked.of === JSON.stringify(requestOf(state)));

const secondsWords = takes => (takes < 10 ? `${Math.max(1, Math.round(takes))} s` : seconds(takes));

function costWords(state) {
  if (obstacle(state)) return chosenNames(state).length < 2 ? "needs two classes" : obstacle(state);
  if (isBusy(state)) return "earlier runs stay usable";
  const { seconds: takes } = state.checked ?? {};
  const about = Number.isFinite(takes) ? `about ${secondsWords(takes)}` : null;
  const twice = Object.keys(marksOf(state)).length ? "with and without marks" : null;
  return [about, twice, `${seedWords(state)}, repeatable`].filter(Boolean).join(" · ");
}

function drawRun(state) {
  const names = chosenNames(state);
  const busy = isBusy(state);
  const missing = obstacle(state);
  $("#run-label").textContent = busy ? "Training…" : missing ? "Train and visualize" : `Train and visualize ${names.length}`;
  $("#run").disabled = !state.options || Boolean(missing) || busy || isRefused(state);
  $("#cost").textContent = costWords(state);
  const why = missing ? null : (refusal(state) ?? state.checked?.problems?.[0] ?? null);
  $("#request-error").hidden = !why;
  $("#request-error").textContent = why ?? "";
}

function drawSummary(state) {
  const [network, ...rest] = settingWords({ request: state });
  const marked = Object.keys(marksOf(state)).length ? ` · ${WAYS[state.way] ?? "marked"}` : "";
  const words = ` · ${count(chosenNames(state).length, "class", "classes")} · ${rest[2]}${marked}`;
  replace($("#panel-summary"), h("strong", {}, network), words);
}

/** acts: train(), draw(), mark(), pictures(), edit(name). */
export function createWorkshopPanel(store, acts) {
  const check = createCheck(store);
  const parts = [createTiles(store, acts), createModelChoice(store), createSettings(store), drawRun, drawSummary];
  const draw = () => {
    drawRun(store.state);
    drawSummary(store.state);
  };
  store.on(["options", "chosen", "own", "marks", "way", "model", "file", "epochs", "seed", "seeds", "runs", "posting", "checked"], draw);
  $("#run").addEventListener("click", () => acts.train());
  $("#request").addEventListener("submit", event => {
    event.preventDefault();
    acts.train();
  });
  return {
    draw: state => {
      for (const part of parts) part(state);
      check();
    },
  };
}
