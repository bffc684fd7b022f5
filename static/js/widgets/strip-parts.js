// What the strips above results are made of: a button, how fast and how long, and the frame that takes one of the looks.
import { $$, h, replace } from "../lib/dom.js";
import { toPage } from "../lib/focus.js";
import { group, seconds } from "../lib/format.js";

export const button = (words, act) => h("button", { class: "btn tiny", type: "button", onclick: act }, words);

/** A way to try again, where an error says that it may help: never for a refused file or for a wish that cannot be met. */
export const retry = (errors, act, words = "Retry") => (errors.some(error => error?.retry) ? button(words, act) : null);

let jobs = [];
addEventListener("innv:jobs", event => (jobs = event.detail)); // the newest comes first

const known = value => Number.isFinite(value) && value !== null;

/** ["12 images/s", "40 s left"]; an empty text where nothing is known yet. */
export function pace(job, unit = "images") {
  const rate = job?.rate;
  return [
    known(rate) && rate > 0 ? `${rate < 10 ? rate.toFixed(1) : group(rate)} ${unit}/s` : "",
    known(job?.seconds_left) ? `${seconds(job.seconds_left)} left` : "",
  ];
}

const isBefore = job => ({ id, kind, status }) => status === "running" && kind !== "probe" && id !== job.follows;

/** What is said before a job has shown anything: the older job that it may have to wait for, else `words`.
 * A check of the preprocessing makes way for everything, so that nothing waits for it; a job that does a part of this one's work is no other. */
export function beginning(job, words) {
  const place = jobs.findIndex(({ id }) => id === job?.id);
  const older = place < 0 ? null : jobs.slice(place + 1).find(isBefore(job));
  if (!older) return words;
  const left = known(older.seconds_left) ? `, ${seconds(older.seconds_left)} left` : "";
  return `may have to wait for another job: ${older.title}${left}`;
}

/** Draws a job's strip: one function each for what it says while it runs, where something is missing, and when it ended
 * early; `ready` for a remark when all is there, else null. */
export function stripOf(stateOf, { waiting, partial, cancelled, broken, ready = () => null }) {
  const looks = {
    ready: ["warn", ready],
    running: ["", waiting],
    partial: ["", partial],
    cancelled: ["warn", cancelled],
    error: ["bad", broken],
  };
  return (root, state, acts) => paint(root, stateOf(state), looks, state, acts);
}

/** The button of the same words; after Cancel it is the one that goes on. */
function focusAgain(buttons, words) {
  const next = buttons.find(({ textContent }) => textContent === words) ?? buttons[0];
  if (next) next.focus();
  else toPage();
}

/** looks: name -> [class, what makes the parts]. A name without a look hides the strip. Returns the name. */
function paint(root, name, looks, ...given) {
  const [look, parts] = looks[name] ?? [];
  const pressed = root.contains(document.activeElement) ? document.activeElement.textContent : null;
  const said = parts?.(...given) ?? null;
  root.hidden = !said;
  if (!said) {
    if (pressed !== null) toPage();
    return name;
  }
  root.className = `strip ${look}`;
  root.setAttribute("role", name === "error" ? "alert" : "status");
  replace(root, said);
  if (pressed !== null) focusAgain($$("button", root), pressed);
  return name;
}
