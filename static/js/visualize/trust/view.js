// The view Trust: answer, table and the row that is opened, joined.
import { $, h, replace, segmented } from "../../lib/dom.js";
import { answerOf, modelSwitch } from "./answer.js";
import { createBoard } from "./board.js";
import { createOpened } from "./opened.js";
import { shownOf } from "./order.js";
import { drawApart } from "../../widgets/apart.js";
import { obstacle } from "../request.js";
import { apartWords, trustObstacle } from "./request.js";
import { going } from "./run-line.js";
import { drawTrustStrip } from "./strip.js";

const narrow = matchMedia("(max-width: 700px)");

/** acts: run, stop, use(row name), showInGrid(row, image). */
export function createTrustView(store, acts) {
  const root = $("#trust");
  const board = createBoard({ sort: sortBy, open: toggle, metric: name => store.set({ sortedBy: name }) });
  const opened = createOpened({ close: () => toggle(store.state.openRow), step, showInGrid: acts.showInGrid });
  const tools = h("div", { class: "trust-tools" });
  const answer = h("div");
  const sheet = h("dialog", { class: "sheet-of", "aria-label": "Details of a row" });
  let images = 0; // of the opened row
  let saidTools = "";
  let saidAnswer = "";
  root.append(tools, answer, board.root, sheet);

  function sortBy(id) {
    const { trust, shownModel } = store.state;
    store.set(shownOf(trust, shownModel) === "all" ? { sortedModel: id } : { sortedBy: id });
  }

  function toggle(name) {
    const open = store.state.openRow === name ? null : name;
    store.set({ openRow: open, openImage: 0 });
    if (!open) root.querySelector(`[data-row-name="${CSS.escape(name ?? "")}"]`)?.focus({ preventScroll: true });
  }

  function step(by) {
    if (!images) return false;
    store.set({ openImage: (store.state.openImage + by + images) % images });
    return true;
  }

  function drawTools(state) {
    const { trust, shownFill } = state;
    const shown = shownOf(trust, state.shownModel);
    const said = JSON.stringify([trust.models.map(({ id }) => id), shown, trust.fills, shownFill]);
    if (said === saidTools) return;
    saidTools = said;
    const input = /** @type {HTMLInputElement} */ (document.activeElement);
    const focused = tools.contains(input) ? [input.name, input.value] : null;
    const fills = [["", "mean of fills"], ...trust.fills.map(fill => [fill, fill])];
    replace(
      tools,
      modelSwitch(trust, shown, id => store.set({ shownModel: id })),
      trust.fills.length > 1
        ? segmented("shown-fill", "Fill shown", fills, shownFill ?? "", fill => store.set({ shownFill: fill || null }))
        : null,
    );
    if (focused) tools.querySelector(`[name="${focused[0]}"][value="${CSS.escape(focused[1])}"]`)?.focus();
  }

  function drawAnswer(state) {
    const { trust, shownFill } = state;
    const shown = shownOf(trust, state.shownModel);
    const now = going(state);
    const said = JSON.stringify([
      trust.id,
      shown,
      now,
      shownFill,
      trust.models.map(model => [model.advice, model.fills_agree]),
      trust.problems.length,
    ]);
    if (said === saidAnswer) return;
    saidAnswer = said;
    replace(answer, answerOf(trust, { shown, going: now, shownFill }, acts));
  }

  /** The opened row is below it, or, on a phone, a sheet over the page. */
  function mount(columns, isOpen) {
    if (!isOpen) {
      if (sheet.open) sheet.close();
      opened.clear();
      return;
    }
    if (narrow.matches) {
      sheet.append(opened.root);
      if (!sheet.open) sheet.showModal();
    } else {
      if (sheet.open) sheet.close();
      replace(board.place, h("td", { colspan: columns }, opened.root));
    }
  }

  function drawTable(state) {
    const { trust, openRow } = state;
    const row = trust.rows.find(({ name }) => name === openRow) ?? null;
    const { lead, columns } = board.update(trust, {
      ...state,
      openRow: row?.name ?? null,
      going: going(state),
      sheet: narrow.matches,
    });
    if (!opened.root.isConnected || !row || narrow.matches !== sheet.contains(opened.root)) mount(columns, row);
    opened.root.closest("td")?.setAttribute("colspan", String(columns)); // as many as are shown now
    if (!row) return;
    const counts = Object.values(lead.cells).map(column => column[row.name]?.n ?? 0);
    images = Math.max(...counts, 0);
    const version = counts.join();
    opened.update({
      trust,
      model: lead,
      row,
      fill: state.shownFill,
      place: state.openImage,
      several: trust.models.length > 1,
      fills: trust.fills.length,
      version,
    });
  }

  function drawOthers(state) {
    const words = apartWords(state);
    drawApart(words, "Measure", Boolean(trustObstacle(state, obstacle(state))));
    root.classList.toggle("apart-of", Boolean(words));
  }

  /** Returns the state of the page. */
  function draw(state) {
    const name = drawTrustStrip($("#strip"), state, acts);
    document.body.dataset.state = name;
    drawOthers(state);
    root.hidden = !state.trust;
    if (!state.trust) {
      board.clear();
      if (sheet.open) sheet.close();
      saidTools = saidAnswer = "";
      return name;
    }
    drawTools(state);
    drawAnswer(state);
    drawTable(state);
    return name;
  }

  sheet.addEventListener("close", () => {
    if (narrow.matches && store.state.openRow) toggle(store.state.openRow);
  });
  narrow.addEventListener("change", () => store.state.view === "trust" && store.state.trust && draw(store.state));

  const leave = () => {
    root.hidden = true;
    if (sheet.open) sheet.close();
  };
  return { draw, leave, step: board.step, stepImage: step, close: () => toggle(store.state.openRow) };
}
