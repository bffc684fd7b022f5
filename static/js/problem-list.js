// Files that could not be used: how many of how many, which, and why.
import { h, replace } from "./dom.js";
import { count, group } from "./format.js";

export function drawProblems(root, words, title, { problems, checked, total }) {
  title.textContent = problems.length ? count(problems.length, "bad file") : "Files";
  words.textContent = problems.length
    ? `${group(total - problems.length)} of ${group(total)} are used. ${checked < total ? `${group(checked)} were checked so far.` : "All were checked."}`
    : checked >= total && total > 0
      ? `All ${group(total)} files were checked: none is bad.`
      : "A bad file is noticed when it is needed, or by checking all at once.";
  replace(
    root,
    problems.length
      ? h(
          "ul",
          { class: "bad-files", tabIndex: 0, "aria-label": "Bad files" },
          problems.map(({ name, reason }) =>
            h("li", {}, h("span", { class: "mono" }, name), h("span", { class: "quiet" }, reason)),
          ),
        )
      : null,
  );
}
