// The session as a file: saved from here, and its runs taken over again. On every page, in the header.
import { $, h, replace } from "../lib/dom.js";
import { post } from "../lib/api.js";
import { count } from "../lib/format.js";
import { turns } from "../lib/turns.js";
import { placeUnder } from "./menu.js";

const ELSEWHERE =
  "Open them on Models and Images, then open this file again; or start innv-gui serve --session FILE, which opens the files that it names.";

const where = () =>
  document.body.dataset.page === "visualize"
    ? " Earlier runs lists them."
    : [" ", h("a", { href: "/visualize" }, "Visualize"), " lists them under Earlier runs."];

/** What came of a file: how many runs are here now, and what they would have needed. */
function outcome(file, { runs, left_out: left, missing }) {
  const nothing = !runs && !left;
  return [
    h("strong", { class: "clip", title: file.name }, file.name),
    h(
      "p",
      {},
      nothing ? "This file contains no runs." : `${runs} of ${count(runs + left, "run")} opened.`,
      runs ? where() : null,
    ),
    missing.length
      ? [
          h("p", {}, "These are not open here, so nothing that belongs to them could be opened:"),
          h("ul", { class: "missing" }, missing.map(name => h("li", {}, name))),
          h("p", { class: "why" }, ELSEWHERE),
        ]
      : null,
  ];
}

export function createSessionMenu() {
  const menu = $("#session-menu");
  const told = $("#session-told");
  const input = $("#session-file");
  const opening = turns();
  if (!menu) return;

  async function openFile(file) {
    const current = opening();
    const form = new FormData();
    form.append("session", file, file.name);
    told.className = "told";
    replace(told, h("p", {}, `Opening ${file.name}…`));
    try {
      const answer = await post("/session", form);
      if (current()) replace(told, outcome(file, answer));
    } catch (error) {
      if (!current()) return;
      told.className = "told bad";
      replace(told, h("strong", { class: "clip", title: file.name }, file.name), h("p", {}, error.sentence || error.message));
    }
    placeUnder(menu, $("#session-open"));
  }

  menu.addEventListener("toggle", event => {
    if (event.newState !== "open") return;
    placeUnder(menu, $("#session-open"));
    $("a", menu).focus();
  });
  menu.addEventListener("beforetoggle", event => {
    if (event.newState === "open") told.replaceChildren();
  });
  $("#session-choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) openFile(file);
  });
}
