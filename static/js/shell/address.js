// Keeps the address of a page like its state. An address that names what is not open here stays until something is
// changed, and the page says what is missing and where it is added: coming back then opens what was meant.
import { DATASETS, MODELS } from "../lib/address-names.js";
import { $, h, icon, replace } from "../lib/dom.js";
import { toast } from "./toast.js";

const KINDS = {
  models: { kind: "model", act: "Add it on Models", href: "/models" },
  datasets: { kind: "dataset", act: "Open it on Images", href: "/images" },
};

function sentence({ name, hash, namesake: other }, kind) {
  const content = hash ? ` (content ${hash})` : "";
  const here = !other
    ? "is not open here."
    : other.status === "refused"
      ? "was refused here."
      : `is not open here; the ${name} that is open has other content.`;
  return `This address asks for the ${kind} ${name}${content}, which ${here}`;
}

/** What helps; on the page where things are added there is nothing more to say. */
const acts = ({ act, href }) => (location.pathname === href ? null : h("a", { class: "btn tiny", href }, act));

const strip = (lost, words) =>
  h(
    "div",
    { class: "strip warn", role: "status" },
    icon("warn"),
    h("span", { class: "grow" }, sentence(lost, words.kind)),
    acts(words),
  );

/** What an address names and is not open: {models, datasets}, each a list of {name, hash}. */
export const missingOf = ({ models = [], model = null, layers = {}, dataset = null, source = null }) => ({
  models: MODELS.missing(models, model, Object.keys(layers)),
  datasets: DATASETS.missing(dataset, source),
});

/** Says what is missing, at the head of the page; whether anything is. */
export function drawMissing(lost) {
  const lines = Object.entries(KINDS).flatMap(([group, words]) => lost[group].map(one => strip(one, words)));
  const place = $("#missing") ?? h("div", { id: "missing" });
  if (!place.parentNode) $("#canvas").prepend(place);
  replace(place, lines);
  return lines.length > 0;
}

const NONE = { models: [], datasets: [] };

/** read(), write(state) and remember(hash) are those of the page's own form of address. */
export function createAddress({ read, write, remember }) {
  let waiting = null; // how the state would be written that came of an address with something missing

  function keep(state) {
    const hash = write(state);
    if (waiting === hash) return;
    if (waiting !== null) drawMissing(NONE);
    waiting = null;
    if (hash !== location.hash) history.replaceState(null, "", hash);
    remember(hash);
  }

  /** Before the state is set that came of the address: whether something is missing. */
  function opening(state) {
    const lost = drawMissing(missingOf(read()));
    waiting = lost ? write({ ...state, run: null, rank: null }) : null; // nothing is shown
    if (lost) remember(location.hash);
    return lost;
  }

  /** Whether what was missing is open by now. */
  const isFound = () => waiting !== null && !Object.values(missingOf(read())).flat().length;

  return { isFound, keep, opening, waits: () => waiting !== null };
}

export async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    toast("Link copied. It opens exactly this view.", { stay_ms: 3000 });
  } catch {
    toast("The browser does not allow copying here. The link is in the address line.");
  }
}
