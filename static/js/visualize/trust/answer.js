// The answer above the table: a sentence with its evidence per model, what limits it, and the method that it speaks for.
import { h, icon, key, segmented } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { marked } from "./order.js";

const FILLS = { blur: "blur", mean: "mean colour", grey: "grey" };
const note = (words, tip) => h("li", {}, h("button", { class: "term", type: "button", "data-tip": tip }, words));

const said = (sentence, names) => marked(sentence, names).map(({ text, name }) => (name ? h("code", {}, text) : text));

/** "20 pictures", "fills agree", "no total score": each says more when it is pointed at. */
function notes(trust, models, shownFill) {
  const bad = trust.problems.length;
  const all = trust.images.length - bad;
  const measured = Math.max(...models.flatMap(({ cells }) => Object.values(cells)).flatMap(of => Object.values(of)).map(cell => cell?.n ?? 0), 0);
  const agree = models.every(model => model.fills_agree);
  const fills = trust.fills.map(fill => FILLS[fill]).join(" and ");
  const pictures = `The intervals hold for these pictures: with different ones the means would move about as much. 8 to 20 pictures are enough.${bad ? `\n${count(bad, "picture")} could not be used: ${trust.problems[0].reason}` : ""}`;
  const together = shownFill
    ? note(`numbers with ${FILLS[shownFill]} alone`, "The sentence above is about all fills together.")
    : trust.fills.length > 1
      ? note(
          agree ? "fills agree" : "fills disagree",
          agree
            ? `With each fill on its own (${fills}), the same methods beat all controls.`
            : `With each fill on its own (${fills}), different methods beat all controls: the fill matters here. Look at each one.`,
        )
      : note(`one fill, ${fills}`, "A fill can keep some of the evidence. A second fill shows whether this one does.");
  return h(
    "ul",
    { class: "notes" },
    note(measured < all ? `${measured} of ${count(all, "picture")}` : count(all, "picture"), pictures),
    together,
    note("no total score", "Each column asks a different question. A sum would hide where a method fails."),
  );
}

/** Of several models, or of one; "all" is side by side. */
export function modelSwitch(trust, shown, onchoose) {
  if (trust.models.length < 2) return null;
  const options = [
    ...trust.models.map(model => [model.id, h("span", { class: "named" }, key(model), h("span", { class: "clip" }, model.name))]),
    ["all", "side by side"],
  ];
  return h("div", { class: "model-switch" }, segmented("shown-model", "Model", options, shown, onchoose));
}

/** acts.use(name): a method's button. One sentence per model. */
function advice(model, trust, several, going, acts) {
  const { sentence, caution, method, warn } = model.advice;
  const names = trust.rows.filter(({ control }) => !control).map(({ name }) => name);
  if (!sentence) return h("p", {}, going ? "Nothing can be said yet." : "No method could be measured.");
  return h(
    "div",
    { class: "advice-of" },
    h(
      "p",
      {},
      several ? key(model) : null,
      several ? " " : null,
      said(going ? sentence.replace(/^For /, "So far, for ") : sentence, names),
      caution ? h("span", { class: "caution" }, " ", said(caution, names)) : null,
    ),
    method && !warn && !going
      ? h(
          "button",
          { class: "btn primary tiny", type: "button", onclick: () => acts.use(method) },
          "Use ",
          h("span", { class: "mono" }, method),
        )
      : null,
  );
}

export function answerOf(trust, { shown, going, shownFill }, acts) {
  const models = shown === "all" ? trust.models : trust.models.filter(({ id }) => id === shown);
  const several = models.length > 1;
  const warn = models.every(model => model.advice.warn) && !going;
  const title = several
    ? `Which explanation should I trust for these ${models.length} models?`
    : `Which explanation should I trust for ${models[0].name}?`;
  return h(
    "section",
    { class: `answer ${warn ? "warn" : ""}`, "aria-live": "polite" },
    warn ? icon("warn", false) : null,
    h(
      "div",
      { class: "grow" },
      h("h2", {}, title),
      models.map(model => advice(model, trust, several, going, acts)),
      notes(trust, models, shownFill),
    ),
  );
}
