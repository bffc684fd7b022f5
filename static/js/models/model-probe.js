// The card "Accuracy under each preprocessing" of the chosen model: the table, and every state on the way to it.
import { $, h, icon, key, replace } from "../lib/dom.js";
import { cancel, get, post } from "../lib/api.js";
import { count, group } from "../lib/format.js";
import { turns } from "../lib/turns.js";
import { percent } from "../widgets/accuracy.js";
import { complain } from "../shell/toast.js";

const RESIZES = { stretch: "stretch", pad: "pad", crop: "crop" };
const BUSY = new Set(["waiting", "running"]);
const whole = share => `${Math.round(100 * share)}`; // of an interval, which is no count of images
const assignedOf = ({ assigned, n }) => percent({ right: Math.round(assigned * n), n });

const score = row => row.assigned ?? row.accuracy; // what the rules are compared by

function mark(row, current) {
  if (row.current) return h("span", { class: "tag hi" }, "in use");
  if (row.advised) return h("span", { class: "tag ok" }, icon("check"), "clearly better");
  return current && row.tied && score(row) > score(current) ? h("span", { class: "tag" }, "perhaps better") : null;
}

function line(row, model, acts, current) {
  const rule = `${row.words}, ${RESIZES[row.resize]}`;
  const use = h(
    "button",
    {
      class: "btn plain tiny",
      type: "button",
      "aria-label": `Use ${rule} for ${model.name}`,
      onclick: () => acts.advised(model, row.rule),
    },
    "Use",
  );
  return h(
    "tr",
    { class: row.current ? "chosen" : "", "data-rule": `${row.rule.mode} ${row.rule.channels} ${row.resize}` },
    h("th", { scope: "row" }, row.words, h("span", { class: "only-s sub" }, RESIZES[row.resize]), " ", mark(row, current)),
    h("td", { class: "not-s" }, RESIZES[row.resize]),
    h("td", { class: "r num" }, group(row.right), h("span", { class: "not-s" }, ` of ${group(row.n)}`)),
    h(
      "td",
      {},
      h(
        "span",
        { class: "probe" },
        h("meter", { min: 0, max: 1, value: row.accuracy, "aria-label": `Accuracy, ${rule}` }),
        h("span", { class: "num strong" }, percent(row)),
        h("span", { class: "sub num not-s" }, `${whole(row.low)}–${whole(row.high)} %`),
        row.assigned === null || assignedOf(row) === percent(row) ? null : h("span", { class: "sub num not-s" }, `best order ${assignedOf(row)}`),
      ),
    ),
    h("td", { class: "r" }, row.current ? null : use),
  );
}

function table(found, model, acts) {
  const rows = [...found.rows].sort((one, other) => other.right - one.right);
  const current = rows.find(row => row.current);
  const head = ["Rule", "Resize", "Right", "Accuracy and its 95 % interval"];
  return h(
    "table",
    { class: "list probes" },
    h("caption", { class: "sr" }, `Accuracy of ${model.name} under each preprocessing`),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((words, place) => h("th", { scope: "col", class: ["", "not-s", "r", ""][place] }, words)),
        h("th", {}, h("span", { class: "sr" }, "Use")),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(row => line(row, model, acts, current)),
    ),
  );
}

const again = (acts, words) =>
  h("button", { class: "btn tiny", type: "button", id: "probe-start", onclick: acts.start }, words);
const said = (...parts) => h("div", { class: "in row wrap probe-said" }, parts);
const why = words => h("span", { class: "why grow" }, words);

const sentenceOf = error => (error ? [error.message, error.hint].filter(Boolean).join(" ") : "The check failed.");

function busy(found, acts) {
  const { job } = found;
  const known = job?.total > 0 && job.done > 0;
  return said(
    h(
      "span",
      { class: "grow probe-bar" },
      h("span", { class: "status work" }, known ? `Checking · ${Math.floor((100 * job.done) / job.total)} %` : "Checking"),
      h("progress", { max: 1, ...(known ? { value: job.done / job.total } : {}), "aria-label": "Checking the preprocessing" }),
    ),
    h("button", { class: "btn tiny", type: "button", id: "probe-cancel", onclick: acts.stop }, "Cancel"),
  );
}

const STATES = {
  "no images": () =>
    said(
      why("Open labelled images to check it: a folder for each class, or a list with labels."),
      h("a", { class: "btn tiny", href: "/images" }, "Open images"),
    ),
  "not applicable": found => said(why(found.reason)),
  "not begun": (found, model, acts) => said(why("The open images can show which rule is right."), again(acts, "Check")),
  waiting: (found, model, acts) => busy(found, acts),
  running: (found, model, acts) => busy(found, acts),
  cancelled: (found, model, acts) => said(why("The check was cancelled."), again(acts, "Check again")),
  failed: (found, model, acts) =>
    said(why(sentenceOf(found.job?.error)), found.job?.error?.retry ? again(acts, "Check again") : null),
  done: (found, model, acts) =>
    found.rows.length
      ? [
          h(
            "div",
            { class: "in" },
            h("p", { class: "why" }, found.verdict),
            found.notes.map(note => h("p", { class: "why" }, note)),
          ),
          table(found, model, acts),
        ]
      : said(why(found.notes.join(" ") || "The rule in use is not in the table."), again(acts, "Check again")),
};

/** advised(model, preprocessing) takes a rule. -> {show(model), refresh()} */
export function createProbeCard(root, advised) {
  let model = null;
  let drawn = "";
  const asked = turns();
  const path = () => `/models/${encodeURIComponent(model.id)}/probe`;
  const acts = {
    advised,
    async start() {
      try {
        draw(await post(path(), {}));
        dispatchEvent(new CustomEvent("innv:job"));
      } catch (error) {
        complain(error);
      }
    },
    async stop() {
      try {
        await cancel((await get(path())).job);
        draw(await get(path()));
      } catch (error) {
        complain(error);
      }
    },
  };

  function draw(found) {
    if (found.model !== model?.id) return;
    const now = JSON.stringify([found, model.name]);
    if (now === drawn) return;
    drawn = now;
    root.dataset.state = found.state;
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const place = focused?.id ? `#${focused.id}` : focused?.closest("tr")?.dataset.rule;
    const images = found.dataset ? ` on ${found.n ? `${count(found.n, "labelled image")} of ` : ""}${found.dataset.name}` : "";
    replace(
      root,
      h(
        "header",
        {},
        key(model),
        h("h2", { class: "grow wrap-any" }, "Accuracy under each preprocessing", h("span", { class: "quiet" }, images)),
        found.state === "done" && found.rows.length ? again(acts, "Check again") : null,
      ),
      STATES[found.state](found, model, acts),
    );
    if (focused) refocus(place);
  }

  function refocus(place) {
    const row = place && !place.startsWith("#") ? `tr[data-rule="${CSS.escape(place)}"] button` : place;
    ((row && $(row, root)) || $("button, a", root))?.focus();
  }

  async function refresh() {
    if (!model) return;
    const current = asked();
    try {
      const found = await get(path());
      if (current()) draw(found);
    } catch {
      if (current()) root.hidden = true; // the model has gone
    }
  }

  return {
    refresh,
    busy: () => BUSY.has(root.dataset.state),
    show(chosen) {
      model = chosen;
      root.hidden = !model;
      drawn = "";
      refresh();
    },
  };
}
