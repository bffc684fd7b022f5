// The form of a method's parameters, built from its declaration and checked by the server while the person types.
import { $, debounced, h, replace } from "../lib/dom.js";
import { post } from "../lib/api.js";

const NUMERIC = new Set(["number", "integer"]);
const asText = value => (value === null || value === undefined ? "" : String(value));

/** Text -> what is sent: a number where it reads as one, else the text, so that the server says what it expected. */
function typed(field, text) {
  const plain = text
    .trim()
    .replace("\u2212", "-")
    .replace(/^(-?\d+),(\d+)$/, "$1.$2");
  if (plain === "") return undefined;
  return NUMERIC.has(field.kind) && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

function hint(field) {
  const least = field.minimum ?? null;
  const most = field.maximum ?? null;
  const above = field.exclusive_minimum ?? null;
  const limits = [
    above !== null ? `above ${above}` : null,
    least !== null ? `at least ${least}` : null,
    most !== null ? `at most ${most}` : null,
  ]
    .filter(Boolean)
    .join(", ");
  return [field.description, limits ? `Allowed: ${limits}.` : "", `Default: ${asText(field.default) || "none"}.`]
    .filter(Boolean)
    .join(" ");
}

function control(field, value, id, onchange) {
  const common = { id, "aria-describedby": `${id}-error ${id}-hint`, "data-field": field.name };
  if (field.kind === "boolean")
    return h(
      "label",
      { class: "switch" },
      h("input", {
        ...common,
        type: "checkbox",
        checked: Boolean(value),
        onchange: event => onchange(event.target.checked),
      }),
      h("span", { class: "small" }, "on"),
    );
  if (field.kind === "choice") {
    const options = (field.choices || []).map(choice =>
      h(
        "option",
        { value: asText(choice), selected: asText(choice) === asText(value) },
        choice === null ? "none" : asText(choice),
      ),
    );
    return h(
      "select",
      {
        ...common,
        class: "field",
        onchange: event => onchange((field.choices || []).find(choice => asText(choice) === event.target.value)),
      },
      options,
    );
  }
  return h("input", {
    ...common,
    class: "field num",
    type: "text",
    inputmode: NUMERIC.has(field.kind) ? "decimal" : "text",
    autocomplete: "off",
    spellcheck: "false",
    value: asText(value),
    placeholder: asText(field.default),
    oninput: event => onchange(typed(field, event.target.value)),
  });
}

function line(field, value, onchange) {
  const id = `param-${field.name}`;
  const words = hint(field);
  return h(
    "div",
    { class: "line", "data-line": field.name, "data-tip": words },
    h("label", { class: "label", htmlFor: id }, field.title || field.name),
    control(field, value, id, onchange),
    h("span", { class: "sr", id: `${id}-hint` }, words),
    h("p", { class: "bad-text", id: `${id}-error`, hidden: true, role: "alert" }),
  );
}

/** The field that an error of the server is about: "params.epsilon" -> "epsilon". */
const fieldOf = error => (error?.field || "").split(".").slice(-1)[0] || null;

/** onchange(params): what differs from the defaults. `complain` shows an error under its field and tells if it has one. */
export function createParameterForm(
  root,
  onchange,
  checkedAt = ({ name }) => `/analyzers/${encodeURIComponent(name)}/check`,
) {
  let analyzer = null;
  let params = {};
  let newest = 0;

  function complain(error) {
    const name = fieldOf(error);
    const guilty = error && (analyzer?.fields || []).find(field => field.name === name);
    for (const field of analyzer?.fields || []) {
      const mine = field === guilty;
      const input = $(`[data-field="${CSS.escape(field.name)}"]`, root);
      const words = $(`#${CSS.escape(`param-${field.name}-error`)}`, root);
      if (mine) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      words.hidden = !mine;
      words.textContent = mine ? error.sentence : "";
    }
    return Boolean(guilty);
  }

  const check = debounced(async () => {
    const mine = ++newest;
    const asked = params;
    const [answer, error] = await post(checkedAt(analyzer), { params }).then(
      given => [given, null],
      problem => [null, problem],
    );
    if (mine !== newest) return;
    const placed = complain(error);
    root.dispatchEvent(new CustomEvent("checked", { detail: { error, placed, answer, params: asked } }));
  }, 250);

  /** A setting that depends on another one is shown when that one has the value. */
  function reveal() {
    for (const field of analyzer?.fields || []) {
      if (!field.when) continue;
      const fits = ([name, value]) =>
        (params[name] ?? analyzer.fields.find(other => other.name === name)?.default) === value;
      $(`[data-line="${CSS.escape(field.name)}"]`, root).hidden = !Object.entries(field.when).every(fits);
    }
  }

  function changed(field, value) {
    const { [field.name]: _, ...rest } = params;
    params = value === undefined || value === field.default ? rest : { ...rest, [field.name]: value };
    newest++; // what is answered from here on is about what was there before
    onchange(params);
    reveal();
    check();
  }

  function show(next, given) {
    analyzer = next;
    params = given || {};
    newest++;
    replace(
      root,
      (next?.fields || []).map(field =>
        line(field, field.name in params ? params[field.name] : field.default, value => changed(field, value)),
      ),
    );
    reveal();
    if (Object.keys(params).length) check();
  }

  const firstInvalid = () => $('[aria-invalid="true"]', root);
  return { show, complain, firstInvalid };
}
