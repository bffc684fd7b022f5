// A small menu that asks for a name, or takes one that is there.
import { h, icon, replace } from "../../lib/dom.js";
import { group } from "../../lib/format.js";

/** Above its opener where there is more room, inside the window. */
function placeBy(menu, opener) {
  const box = opener.getBoundingClientRect();
  const below = box.bottom + 6 + menu.offsetHeight < innerHeight;
  const left = Math.min(box.left, innerWidth - menu.offsetWidth - 8);
  menu.style.setProperty("left", `${Math.max(8, left)}px`);
  menu.style.setProperty("top", `${below ? box.bottom + 6 : Math.max(8, box.top - menu.offsetHeight - 6)}px`);
}

/**
 * words: {title, label, verb, longest}; act(name) -> false where the name was refused: it is asked for again, as it was
 * written. -> open(opener, known: [{name, n}], suggested name)
 */
export function createNaming(root, words, act) {
  const menu = h("div", { class: "menu naming", popover: "auto", role: "group", "aria-label": words.title });
  root.append(menu);

  let asked = []; // what the menu was opened with

  async function take(name) {
    const wanted = name.trim();
    if (!wanted) return;
    menu.hidePopover();
    const [opener, list] = asked;
    if ((await act(wanted)) === false) open(document.getElementById(opener.id) ?? opener, list, wanted);
  }

  const known = ({ name, n }) =>
    h(
      "button",
      { class: "item-l", type: "button", onclick: () => take(name) },
      icon("plus"),
      h("span", { class: "grow clip" }, name),
      h("span", { class: "quiet num" }, group(n)),
    );

  function form(suggested) {
    const field = h("input", { class: "field low", "aria-label": words.label, placeholder: words.label, value: suggested.slice(0, words.longest), maxlength: words.longest });
    const onsubmit = event => {
      event.preventDefault();
      take(field.value);
    };
    return h("form", { class: "row", onsubmit }, field, h("button", { class: "btn tiny primary" }, words.verb));
  }

  function open(opener, list = [], suggested = "") {
    asked = [opener, list];
    replace(menu, h("h3", {}, words.title), list.map(known), list.length ? h("hr") : null, form(suggested));
    menu.togglePopover(true);
    placeBy(menu, opener);
    const field = menu.querySelector("input");
    field.focus();
    field.select();
  }
  return open;
}
