// Files that could not be used: how many, which, and why.
import { h, replace } from "../lib/dom.js";
import { count, group } from "../lib/format.js";

function progressWords(checked, total) {
  if (!checked) return "Checking reads every file once; until then a bad file is noticed only when it is needed.";
  const images = count(total, "image");
  if (checked < total) return `${group(checked)} of ${images} were checked.`;
  return total === 1 ? "The image was checked." : `All ${images} were checked.`;
}

/** What each number counts: an image that cannot be read is one of the images, a file that is left out is none of them. */
export function problemWords({ unread = 0, left_out = 0, checked, total }) {
  const parts = [
    unread ? `${group(unread)} of ${count(total, "image")} cannot be read.` : "",
    left_out ? `${count(left_out, "file is", "files are")} left out, and not counted as ${left_out === 1 ? "an image" : "images"}.` : "",
    !unread && !left_out && total && checked >= total ? "No bad files were found." : "",
    progressWords(checked, total),
  ];
  return parts.filter(Boolean).join(" ");
}

const row = ({ name, reason }) =>
  h("li", {}, h("span", { class: "mono" }, name), h("span", { class: "quiet" }, reason));

export function drawProblems(root, words, title, answer) {
  const { problems, unread = 0, left_out = 0 } = answer;
  title.textContent = unread + left_out ? count(unread + left_out, "bad file") : "Files";
  words.textContent = problemWords(answer);
  const attributes = { class: "bad-files", tabIndex: 0, "aria-label": "Bad files" };
  replace(root, problems.length ? h("ul", attributes, problems.map(row)) : null);
}
