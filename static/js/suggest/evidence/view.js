// Suggest by evidence: joins panel, ranking, list and what is said where there is no list.
import { $, h, replace } from "../../lib/dom.js";
import { showProblems } from "../problem-dialog.js";
import { ready } from "../../lib/choices.js";
import { showKept } from "../../lib/kept.js";
import { createRankingList } from "./list.js";
import { createRankingPanel } from "./panel.js";
import { apartWords, obstacle, outdated, requestOf } from "./request.js";
import { createRankingRunner } from "./runner.js";
import { drawStrip } from "./strip.js";
import { drawApart } from "../../widgets/apart.js";
import { datasetOf } from "../request.js";
import { complain } from "../../shell/toast.js";

const WHAT =
  "Every image is explained under each model, for the class that this model predicts, and the heatmaps are compared. " +
  "First come images with the same answer on which the evidence agrees least.";

const GONE =
  "A ranking is kept until the server stops, or until many newer ones have been made. Rank again to get it back.";

const ASKED = ["by", "dataset", "models", "analyzer", "params", "measure", "scope", "basket", "catalog"];

/** Title, sentence and next action where no list is shown. */
function emptyOf(state) {
  const { rankProblem, rank, catalog } = state;
  if (rankProblem?.status === 404 && rank)
    return ["This ranking is gone", GONE];
  if (rankProblem) return ["This request was not accepted", rankProblem.sentence ?? rankProblem.message];
  if (!datasetOf(state)) return ["Nothing ranked yet", WHAT, "Open a dataset", "/images"];
  if (ready(catalog.models).length < 2) return ["Nothing ranked yet", obstacle(state), "Add a model", "/models"];
  return ["Nothing ranked yet", [WHAT, obstacle(state)].filter(Boolean).join(" ")];
}

/** Whether no ranking is shown, on its way, refused or named by the address. */
const isUnranked = ({ rank, ranking, rankPosting, rankProblem }) => !(rank || ranking || rankPosting || rankProblem);

/** waits(): whether the page computes nothing because the address names what is not open. */
export function createRankingView(store, basket, waits) {
  const runner = createRankingRunner(store);
  const list = createRankingList(store, basket);
  const panel = createRankingPanel(store);

  /** Whether it was begun. */
  function run(wishes) {
    const invalid = panel.firstInvalid();
    if (invalid || obstacle(store.state)) {
      invalid?.focus();
      return false;
    }
    runner.run(wishes);
    return true;
  }

  const acts = {
    run: () => run(),
    unchecked: () => run({ unchecked: true }),
    stop: () => runner.stop().catch(complain),
    problems() {
      const { problems, n_problems: total } = store.state.ranking;
      showProblems(problems, total);
    },
  };

  function drawEmpty(state) {
    const [title, words, act, href] = emptyOf(state);
    const disabled = Boolean(obstacle(state));
    const button = href
      ? h("a", { class: "btn primary", href }, act)
      : h("button", { class: "btn primary", type: "button", disabled, onclick: acts.run }, $("#run-label").textContent);
    $("#empty-title").textContent = title;
    $("#empty-words").textContent = words;
    replace($("#empty-acts"), button);
  }

  /** The whole request is said to differ, and heatmaps that nobody would get today are dimmed. */
  function drawOthers(state) {
    drawApart(apartWords(state), "Rank", Boolean(obstacle(state)));
    $("#result").classList.toggle("apart", outdated(state).length > 0);
  }

  function drawState(state) {
    drawOthers(state);
    document.body.dataset.state = drawStrip($("#strip"), state, acts);
    panel.drawRun(state);
    drawEmpty(state);
  }

  /** What the link to Visualize takes along from the list that is shown. */
  function along({ ranking }) {
    const { models, analyzer, params } = ranking;
    return { models: models.map(({ id }) => id), analyzer, params };
  }

  /** The ranking that the address names is asked for when it is looked at. */
  function reopen() {
    const { rank, ranking } = store.state;
    return rank && ranking?.id !== rank ? runner.reopen() : null;
  }

  function draw(state) {
    panel.draw(state);
    list.draw(state);
  }

  /** What could be ranked at once if its heatmaps are kept: only where nothing else would give way. */
  function keptWanted(state) {
    const idle = state.by === "evidence" && isUnranked(state) && !waits();
    return idle && !obstacle(state) && !panel.firstInvalid() ? requestOf(state) : null;
  }

  showKept(store, ASKED, { path: "/rankings", wanted: keptWanted, show: () => runner.run() });
  let linked = null;
  store.on(["ranking"], state => {
    if (state.ranking?.id !== linked) basket.draw(state);
    linked = state.ranking?.id;
  });
  store.on(["dataset"], runner.forget);
  store.on(["alike", "place"], runner.refresh);
  addEventListener("innv:cancelled", ({ detail }) => {
    if (detail.id === store.state.ranking?.job.id) acts.stop();
  });
  return { along, draw, drawState, focus: list.focus, forget: runner.forget, reopen, run: acts.run };
}
