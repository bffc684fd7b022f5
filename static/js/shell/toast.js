// A short message at the foot of the page, with one act at most.
import { $, h } from "../lib/dom.js";

export function toast(words, { act = null, label = "Undo", bad = false, stay_ms = 6000 } = {}) {
  const box = h("div", { class: bad ? "toast bad" : "toast" }, h("span", {}, words));
  if (act)
    box.append(
      h(
        "button",
        {
          class: "btn tiny",
          type: "button",
          onclick: () => {
            box.remove();
            act();
          },
        },
        label,
      ),
    );
  $("#toasts").append(box);
  const timer = setTimeout(() => box.remove(), stay_ms);
  return () => {
    clearTimeout(timer);
    box.remove();
  };
}

export const complain = error => {
  if (error.name !== "AbortError") toast(error.sentence || error.message, { bad: true, stay_ms: 9000 });
};
