// What is wrong with a map: a badge beside it, and behind the badge what was checked, the numbers, and what to do. Nothing
// is said when all is well: a tick beside a map reads as praise of it.
import { about } from "../shell/about.js";
import { h, icon, replace } from "../lib/dom.js";
import { placeUnder } from "../shell/menu.js";

const LOST = new Set(["NaN", "infinite"]); // nothing else is looked at then
const EMPTY = "all zero";

const warnings = health => (health ?? []).filter(({ level }) => level !== "ok");

/** -> {level, words, reason}[]: what holds first, then what was found. */
export function checksOf(health) {
  const found = health ?? [];
  const lost = found.some(({ text }) => LOST.has(text));
  const empty = found.some(({ text }) => text === EMPTY);
  return [
    lost ? null : { level: "ok", words: "all numbers are finite", reason: "" },
    lost || empty ? null : { level: "ok", words: "the map is not empty", reason: "" },
    ...found.filter(({ text }) => text !== "sound").map(({ level, text, reason }) => ({ level, words: text, reason })),
  ].filter(Boolean);
}

let pop = null; // one for the page: cells are many

const made = () =>
  h("div", { class: "menu health-pop", id: "health-pop", popover: "auto", role: "group", "aria-label": "What was checked" });

const line = ({ level, words, reason }) =>
  h(
    "li",
    { class: level },
    icon(level === "ok" ? "check" : "warn"),
    h("span", {}, h("span", { class: level === "ok" ? "" : "strong" }, words), reason ? `: ${reason}` : ""),
  );

function toTrust(analyzer) {
  pop.hidePopover();
  dispatchEvent(new CustomEvent("innv:trust", { detail: analyzer }));
}

function show(opener, health, analyzer) {
  pop ??= made();
  if (!pop.isConnected) document.body.append(pop);
  replace(
    pop,
    h("h3", {}, "What was checked"),
    h("ul", { class: "checks" }, checksOf(health).map(line)),
    h("p", { class: "why" }, "Trust measures which methods this model can be explained with."),
    h(
      "div",
      { class: "row wrap" },
      h("button", { class: "btn tiny", type: "button", onclick: () => toTrust(analyzer) }, "Open Trust"),
      about(analyzer, `About ${analyzer}`, { class: "about link" }),
    ),
  );
  pop.showPopover();
  placeUnder(pop, opener);
  pop.querySelector("button").focus();
}

/** What is wrong in words, with how much more: why, and what to do, is behind it. */
function badge(fact, health, analyzer, more = "") {
  return h(
    "button",
    {
      class: `tag health ${fact.level}`,
      type: "button",
      "aria-haspopup": "dialog",
      "aria-label": `Health: ${fact.text}${more}. ${fact.reason}`,
      onclick: event => show(event.currentTarget, health, analyzer),
    },
    icon("warn"),
    h("span", {}, fact.text, more),
  );
}

export const healthBadges = (health, analyzer) => warnings(health).map(fact => badge(fact, health, analyzer));

/** The first of what is wrong, and how many more there are. */
export function healthBadge(health, analyzer) {
  const [first, ...rest] = warnings(health);
  return first ? badge(first, health, analyzer, rest.length ? `, ${rest.length} more` : "") : null;
}
