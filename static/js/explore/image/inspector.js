// The column of one image: previous and next, its fields, what the models say, and the images like it.
import { h, icon, replace } from "../../lib/dom.js";
import { keepFocus } from "../../lib/focus.js";
import { count, fileName } from "../../lib/format.js";
import { onKeys } from "../../shell/keyboard.js";
import { complain, toast } from "../../shell/toast.js";
import { explainImages } from "../rows/explain.js";
import { createNaming } from "../rows/naming.js";
import { modelOf } from "../rows/values.js";
import { oneImage } from "./one.js";
import { drawSimilar } from "./similar.js";

const NEAREST = 5;
/** The image that is shown is the one whose neighbours are listed. */
const isQuery = ({ similar, image }) => Boolean(similar) && similar.query.row === image;
const TAG = { title: "Add tag", label: "New tag", verb: "Add", longest: 60 };

export function createInspector(root, { store, selection, api }) {
  let image = null; // the server's answer
  let asked = "";
  let turn = 0; // of searches
  let searching = false; // the first search makes the features of all images short, which takes seconds
  let drawn = "";
  let [listed, marked] = [undefined, undefined];
  const title = h("h2", { class: "mono clip grow", id: "image-title" });
  const step = by => dispatchEvent(new CustomEvent("innv:step", { detail: by }));
  const button = (label, symbol, onclick) =>
    h("button", { class: "btn plain tiny icon", type: "button", "aria-label": label, onclick }, icon(symbol));
  const one = h("div", {});
  const near = h("section", { class: "near", "aria-label": "Most similar" });
  const id = () => store.state.exploration.id;
  root.setAttribute("aria-label", "Image");
  replace(
    root,
    h(
      "header",
      {},
      title,
      button("Previous image", "left", () => step(-1)),
      button("Next image", "right", () => step(1)),
      button("Close the image", "close", () => close()),
    ),
    h("div", { class: "scroll", tabIndex: 0, role: "group", "aria-labelledby": "image-title" }, one, near),
  );

  /** What is searched for is shown no more. */
  function giveUp() {
    turn += 1;
    searching = false;
  }

  function close() {
    giveUp();
    store.set({ image: null, similar: null });
  }

  /** The last search that was begun is shown, in the column of these images while it is open. k and of are kept with the answer, for the next one. */
  async function search(make) {
    const [mine, exploration] = [++turn, id()];
    const isCurrent = () => mine === turn && exploration === id() && !root.hidden;
    searching = true;
    draw(store.state);
    const { similar } = store.state;
    const asking = { k: similar?.k ?? NEAREST, of: similar?.of ?? modelOf(store.state).id };
    try {
      const answer = await make(asking);
      if (isCurrent()) store.set({ similar: { ...answer, k: answer.k ?? asking.k } });
    } catch (error) {
      if (isCurrent()) complain(error);
    }
    if (mine !== turn) return;
    searching = false;
    draw(store.state);
  }

  const nearTo = (by, changes = {}) =>
    search(async asking => {
      const wanted = { ...asking, ...changes };
      return { ...(await api.neighbours(id(), { ...by, ...wanted })), ...wanted, by };
    });

  /** By its whole name; where none is called so, the one image that has it in its name. */
  async function byName(name) {
    const found = await api.rows(id(), { query: `file contains ${JSON.stringify(name)}`, size: 1 });
    if (found.total !== 1) throw new Error(`${count(found.total, "image")} have “${name}” in their name. Type more of the name.`);
    return { row: found.rows[0].row };
  }

  const named = name =>
    search(async asking => {
      const by = await byName(name);
      return { ...(await api.neighbours(id(), { ...by, ...asking })), ...asking, by };
    });

  function file(picture) {
    search(async ({ k, of }) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ image: picture, k, of })) form.append(name, value);
      return { ...(await api.neighboursOf(id(), form)), k, of, picture };
    });
  }

  /** The same query again, with another number or another space. */
  function again(changes) {
    const { similar } = store.state;
    if (!similar.picture) {
      nearTo(similar.by, changes);
      return;
    }
    store.set({ similar: { ...similar, ...changes } });
    file(similar.picture);
  }

  const choose = row => (selection.has(row) ? selection.remove([row]) : selection.add([row]));

  const acts = {
    similar() {
      if (!isQuery(store.state)) return void nearTo({ row: store.state.image });
      giveUp();
      store.set({ similar: null });
    },
    select: () => choose(image.row),
    explain: () => explainImages(store.state, [image.index]),
    tag: opener => askTag(opener, store.state.exploration.tags),
    untag: name => tag(name, false),
    k: k => again({ k }),
    of: of => again({ of }),
    open: row => store.set({ image: row }),
    named: text => (/^\d+$/.test(text) ? nearTo({ index: text }) : named(text)),
    file,
  };

  /** of: the exploration and its row, those of now unless a press on Undo means earlier ones. */
  async function tag(name, on = true, of = [id(), image.row]) {
    const [exploration, row] = of;
    try {
      const { selection: sid } = await api.select(exploration, { rows: [row] });
      const { tags, version } = await api.tag(exploration, { selection: sid, tag: name, on });
      if (!on) toast(`The tag “${name}” is removed.`, { act: () => tag(name, true, of) });
      if (exploration === id()) store.set({ exploration: { ...store.state.exploration, tags, version } });
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  }
  const askTag = createNaming(root, TAG, name => tag(name));

  /** Drawn again only when something on it differs, so that what is opened in it stays open. */
  function drawOne(state, shown) {
    const selected = shown && selection.has(image.row);
    const key = shown ? JSON.stringify([image, selected, searching, isQuery(state), state.exploration.id]) : "";
    if (key === drawn || (!shown && state.image !== null)) return;
    drawn = key;
    replace(one, shown ? oneImage(state, image, { selected, searching, query: isQuery(state) }, acts) : []);
  }

  const draw = keepFocus(state => {
    const shown = image !== null && image.row === state.image;
    const query = state.similar?.query;
    title.textContent = fileName((shown ? image.name : query?.name) ?? "");
    title.title = shown ? image.name : "";
    drawOne(state, shown);
    if (state.similar !== listed || state.image !== marked) drawSimilar(near, state, acts);
    [listed, marked] = [state.similar, state.image];
  });

  async function load({ exploration, image: row }) {
    const key = JSON.stringify([exploration.id, exploration.version, row]);
    if (row === null || key === asked) return;
    asked = key;
    try {
      const answer = await api.image(exploration.id, row);
      if (key !== asked) return;
      image = answer;
      draw(store.state);
    } catch (error) {
      if (key === asked) complain(error);
    }
  }

  function render(state) {
    root.hidden = !state.exploration?.facts || (state.image === null && !state.similar);
    if (root.hidden) return;
    draw(state);
    load(state);
  }

  const onImage = act => () => (store.state.image === null ? false : act());
  onKeys({
    ArrowLeft: onImage(() => step(-1)),
    ArrowRight: onImage(() => step(1)),
    n: onImage(acts.similar),
    s: onImage(() => choose(store.state.image)), // also while its fields are still on their way
    Escape: () => (root.hidden ? false : close()),
  });
  root.addEventListener("dragover", event => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  root.addEventListener("drop", event => {
    event.preventDefault();
    const [picture] = event.dataTransfer.files;
    if (picture) file(picture);
  });
  selection.addEventListener("changed", () => render(store.state));
  store.on(["exploration", "image", "similar"], render);
  return { render };
}
