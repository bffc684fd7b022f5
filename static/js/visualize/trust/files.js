// What can be taken along of a table: the report, the means, every number.
import { h } from "../../lib/dom.js";
import { address } from "../../lib/api.js";

/** entry(href, words, kind): a line of the menu Export. */
export function trustFiles({ trust }, entry) {
  if (!trust || !trust.job.done) return h("p", { class: "why" }, "There is no table to export yet.");
  const file = name => address.trust(trust.id, name);
  return [
    h("h3", {}, "Table"),
    entry(file("report.html"), "Report, one page", "HTML"),
    entry(file("table.csv"), "Means and intervals", "CSV"),
    entry(file("table.csv?numbers=true"), "Every number, one row per picture", "CSV"),
  ];
}
