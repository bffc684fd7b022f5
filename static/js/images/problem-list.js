// Files that could not be used: how many, which, and why.
import { h, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";

function progressWords(checked, total) {
  if (!checked) return "Checking reads every file once; until then a bad file is noticed only when it is needed.";
  return checked < total ? `${group(checked)} of ${group(total)} were checked.` : `All ${group(total)} were checked.`;
}

const row = ({ name, reason }) =>
  h("li", {}, h("span", { class: "mono" }, name), h("span", { class: "quiet" }, reason));

export function drawProblems(root, words, title, { problems, checked, total }) {
  const some = problems.length > 0;
  title.textContent = some ? count(problems.length, "bad file") : "Files";
  const verdict = some ? "The rest is used." : total && checked >= total ? "No bad files were found." : "";
  words.textContent = `${verdict} ${progressWords(checked, total)}`.trim();
  const attributes = { class: "bad-files", tabIndex: 0, "aria-label": "Bad files" };
  replace(root, some ? h("ul", attributes, problems.map(row)) : null);
}
