// Which images could not be used, and why, in the dialog of the page.
import { $, h, replace } from "../lib/dom.js";
import { count } from "../lib/format.js";

const line = ({ name, reason }) =>
  h("li", {}, h("span", { class: "mono" }, name), h("span", { class: "quiet" }, reason));

/** problems: the first of `total`; elsewhere: where all of them are found. */
export function showProblems(problems, total, elsewhere = "") {
  const rest = total > problems.length ? `The first ${problems.length} of ${total}${elsewhere}.` : "";
  $("#large-title").textContent = `${count(total, "image")} could not be used`;
  replace(
    $("#large-body"),
    h(
      "div",
      { class: "problem-list", tabIndex: 0 },
      h("ul", { class: "bad-files" }, problems.map(line)),
      rest ? h("p", { class: "why" }, rest) : null,
    ),
  );
  $("#large").showModal();
}
