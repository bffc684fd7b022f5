// Numbers and names as the product writes them: thin groups, three decimals, a true minus, units always.

const THIN = "\u202f"; // a number stays on one line
const MINUS = "\u2212";

export const group = n =>
  Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, THIN);
/** A number with so many decimals and a true minus; one that rounds to zero has no sign. */
export function fixed(value, places = 2) {
  const text = value.toFixed(places);
  return Number(text) < 0 ? MINUS + text.slice(1) : text.replace(/^-/, "");
}
export const probability = p => (Number.isFinite(p) ? p.toFixed(3) : "–");
export const count = (n, one, many = `${one}s`) => `${group(n)} ${n === 1 ? one : many}`;
export const shape = sizes => (sizes || []).map(n => n ?? "?").join("×");

export function signed(x) {
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  const text = size !== 0 && (size < 0.01 || size >= 1e5) ? size.toExponential(2) : size.toFixed(2);
  return (x < 0 ? MINUS : "") + text;
}

export function seconds(s) {
  if (!Number.isFinite(s)) return "";
  if (s < 0.01) return "under 0.01 s";
  if (s < 1) return `${s.toFixed(2)} s`;
  if (s < 10) return `${s.toFixed(1)} s`;
  return s < 90 ? `${Math.round(s)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
}

export const RULES = {
  none: "[0, 255] as they are",
  unit: "scaled to [0, 1]",
  symmetric: `scaled to [${MINUS}1, 1]`,
  caffe: "ImageNet, caffe",
  tf: `scaled to [${MINUS}1, 1] (tf)`,
  torch: "ImageNet, torch",
  standardize: "mean and std",
};

/** "tree/IMG_0154.png" -> "IMG_0154.png": the folder is the label, which is shown beside it. */
export const fileName = name => name.split("/").at(-1) || name;

/** How pixels become network input, in words; from the API it is an object, or already a sentence. */
export function preprocessing(rule) {
  if (!rule || typeof rule !== "object") return rule || "";
  const resize = rule.resize && rule.resize !== "stretch" ? `, ${rule.resize}` : "";
  return (RULES[rule.mode] || rule.mode) + (rule.channels === "bgr" ? ", blue first" : "") + resize;
}

/** A parameter's value as a person would type it. */
export function parameter(value) {
  if (value === true) return "on";
  if (value === false) return "off";
  if (typeof value === "number")
    return String(value)
      .replace("-", value < 0 ? MINUS : "-")
      .replace(/e\+?/, "e");
  return Array.isArray(value) ? value.map(parameter).join(", ") : String(value ?? "none");
}
