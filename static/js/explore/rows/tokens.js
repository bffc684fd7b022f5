// The query line while it is typed: pieces with a kind each, and the range that the server did not understand.

const PIECE =
  /\s+|"(?:[^"\\]|\\.)*"?|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\.|!=|>=|<=|[=<>()[\],]|[\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_-]+)*|./gu;
const KEYWORDS = new Set(["and", "or", "not", "contains", "in"]);
const OPERATOR = /^(?:\.\.|!=|>=|<=|[=<>()[\],])$/;

function kindOf(text, columns) {
  if (/^\s/.test(text)) return "space";
  if (text.startsWith('"')) return "text";
  if (/^-?\d/.test(text)) return "number";
  if (KEYWORDS.has(text.toLowerCase())) return "keyword";
  if (OPERATOR.test(text)) return "operator";
  return columns.has(text.toLowerCase()) ? "column" : "word";
}

/** -> [{text, kind, start}], which together are the whole text. columns: Set of names in small letters. */
export const tokensOf = (text, columns) =>
  [...text.matchAll(PIECE)].map(({ 0: piece, index }) => ({
    text: piece,
    kind: kindOf(piece, columns),
    start: index,
  }));

/** A range of code points, as the server counts them -> of UTF-16 units, as a string has them. */
export function rangeOf(text, at) {
  if (!at) return null;
  const points = [...text];
  const units = end => points.slice(0, end).join("").length;
  return [units(at[0]), units(at[1])];
}

/**
 * One token, cut where the range begins and ends.
 * @param {{text: string, kind: string, start: number}} token
 * @param {number[]} range
 */
function cut({ text, kind, start }, range) {
  const [from, to] = range;
  const edges = [0, from - start, to - start, text.length].map(edge => Math.min(text.length, Math.max(0, edge)));
  return [0, 1, 2]
    .map(k => ({ text: text.slice(edges[k], edges[k + 1]), kind, wrong: k === 1 }))
    .filter(piece => piece.text);
}

/**
 * -> [{text, kind, wrong}]: what is drawn below the field. A range at the end of the text, where something is missing,
 * is a blank of its own.
 */
export function inkOf(text, columns, at = null) {
  const range = rangeOf(text, at);
  const tokens = tokensOf(text, columns);
  if (!range) return tokens.map(({ text: piece, kind }) => ({ text: piece, kind, wrong: false }));
  const pieces = tokens.flatMap(token => cut(token, range));
  return pieces.some(({ wrong }) => wrong) ? pieces : [...pieces, { text: "  ", kind: "space", wrong: true }];
}

/** The text with the range replaced, where the server names something near. */
export function replaced(text, at, better) {
  const [from, to] = rangeOf(text, at);
  return text.slice(0, from) + better + text.slice(to);
}
