// The basket as a list in a file: out as CSV, in as CSV or as file names, one per line.
import { $ } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { file, post } from "../lib/api.js";
import { save } from "../plots/tools.js";
import { complain, toast } from "../shell/toast.js";

const path = (dataset, more) => `/datasets/${encodeURIComponent(dataset)}/${more}`;

/** As it is: a spreadsheet may have written it in UTF-16. */
function asForm(list) {
  const form = new FormData();
  form.append("file", list);
  return form;
}

export function createSavedList(store, basket) {
  async function saveList() {
    const { dataset } = store.state.basket;
    try {
      await basket.saved();
      save(await file(path(dataset, "list.csv")), "selection.csv"); // of the basket, however large it is
    } catch (error) {
      complain(error);
    }
  }

  async function loadList(list) {
    const { dataset } = store.state;
    try {
      const { indices, unknown } = await post(path(dataset, "list"), asForm(list));
      if (dataset !== store.state.dataset) return; // they are images of the one before
      if (indices.length) basket.select(indices, true);
      const missing = unknown.length
        ? ` Not in this dataset: ${unknown.slice(0, 3).join(", ")}${unknown.length > 3 ? ` and ${count(unknown.length - 3, "more", "more")}` : ""}.`
        : "";
      toast(`${count(indices.length, "image")} of the list selected.${missing}`, {
        bad: !indices.length,
        stay_ms: 9000,
      });
    } catch (error) {
      complain(error);
    }
  }

  $("#list-save").addEventListener("click", saveList);
  $("#list-load").addEventListener("click", () => $("#list-file").click());
  $("#list-file").addEventListener("change", event => {
    const [list] = event.target.files;
    event.target.value = "";
    if (list) loadList(list);
  });
}
