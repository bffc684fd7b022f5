// Class names as a person writes them or has them in a file.

const NUMBERED = /^(\d{1,7})(?:\s*[:;,=]\s*|\s+)(\S.*)$/; // as in innv_gui/class_names.py

/** Names a line, numbered or not, or JSON: a list, or {"0": ["id", "name"]} as ImageNet's. */
export function namesOf(text) {
  try {
    const content = JSON.parse(text);
    if (content && typeof content === "object") return content;
  } catch {
    /* not JSON: lines */
  }
  const lines = text.split(/\r?\n/).map(name => name.trim());
  return byNumber(lines.filter(Boolean));
}

/** ["1 dog", "0 cat"] -> ["cat", "dog"], where all are numbered, 0 to K-1 or 1 to K, and differ in more than that. */
function byNumber(lines) {
  const found = new Map(lines.map(line => line.match(NUMBERED)?.slice(1) ?? []).map(([number, name]) => [Number(number), name]));
  const counted = first => lines.every((_, index) => found.has(index + first));
  const names = [...found].sort(([one], [other]) => one - other).map(([, name]) => name);
  return lines.length > 1 && (counted(0) || counted(1)) && new Set(names).size === lines.length ? names : lines;
}
