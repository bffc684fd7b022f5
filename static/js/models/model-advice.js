// How sure a model's preprocessing is, and the one click that takes a better one.
import { colour, h, icon } from "../lib/dom.js";

const BASES = { name: "guessed from its name", assumed: "assumed", values: "the likelier reading" };
const RULE = ["mode", "mean", "std", "channels"];
const same = (one, other) => RULE.every(name => JSON.stringify(one?.[name]) === JSON.stringify(other?.[name]));

/** How it is known, of what a person chose in an earlier session with this workspace. */
export const EARLIER = "Chosen earlier, kept in this workspace.";
const isEarlier = model => Boolean(model.chosen_earlier?.includes("preprocessing"));

const isDetected = model => !isEarlier(model) && same(model.preprocessing, model.preprocessing_detected);

/** In the details, in front of why the detected rule was detected. */
export function ruleSource(model) {
  if (isDetected(model)) return model.preprocessing_reason;
  const source = isEarlier(model) ? EARLIER : "Set by hand.";
  return model.preprocessing_reason ? `${source} Detected: ${model.preprocessing_reason}` : source;
}

/** Under the rule in the table: how sure it is, as long as it is the detected one and nothing but a fact. */
export function basisOf(model) {
  if (isEarlier(model)) return h("button", { class: "term sub basis", type: "button", "data-tip": ruleSource(model) }, "chosen earlier");
  const words = BASES[model.preprocessing_basis];
  if (!words || !isDetected(model)) return null;
  return h("button", { class: "term sub basis", type: "button", "data-tip": model.preprocessing_reason }, words);
}

/** In the details, in front of the reason. */
export function guessTag(model) {
  return model.preprocessing_basis === "name" && isDetected(model) ? [h("span", { class: "tag warn" }, icon("warn"), "guess"), " "] : null;
}

/** The warning under a model's row: what would be right, what is right now, and the button. */
export function adviceRow(model, act) {
  const { words, then, now, preprocessing, sentence } = model.advice;
  return h(
    "tr",
    { class: `note ${model.letter ? colour(model.letter) : ""}`, "data-advice": model.id },
    h(
      "td",
      { colspan: 7 },
      h(
        "div",
        { class: "call" },
        icon("warn"),
        h("span", { class: "grow" }, h("strong", {}, `${words}: ${then} right`), sentence.slice(`${words}: ${then} right`.length)),
        h(
          "button",
          {
            class: "btn tiny",
            type: "button",
            "aria-label": `Use ${words} for ${model.name}: ${then} instead of ${now}`,
            onclick: () => act(model, preprocessing),
          },
          `Use ${words}: ${then} instead of ${now}`,
        ),
      ),
    ),
  );
}
