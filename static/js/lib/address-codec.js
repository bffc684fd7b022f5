// The state of a page in its address behind the #: fields by name, settings of a method as p.name, a pair that was cut or
// mistyped left out. The last address of this tab is remembered, so that coming back from another page finds it again.
import { paramPairs, typed } from "./links.js";

// A form is {read, write}; what is written as an empty text is left out, unless `emptyToo`: an empty list says something.

/**
 * A list in an address: each piece is encoded by itself, so that a comma within a piece is none between pieces.
 * @param {(text: string) => any} readOne
 * @param {(value: any) => string} writeOne
 */
export const listed = (readOne = String, writeOne = String) => ({
  read: raw => raw.split(",").filter(Boolean).map(piece => readOne(decodeURIComponent(piece))),
  write: values => values.map(value => encodeURIComponent(writeOne(value))).join(","),
});

/**
 * One value; `usual` is not written.
 * @param {(text: string) => any} read
 * @param {(value: any) => string} write
 */
export const single = (read = String, write = String, usual = null) => ({
  read: raw => read(decodeURIComponent(raw)),
  write: value => (value === usual ? "" : encodeURIComponent(write(value))),
});

/** One value per model: m1:layer,m2:other; models without one are left out. names: MODELS of address-names.js. */
export const byModel = ({ idOf, nameOf }) => ({
  read: raw =>
    Object.fromEntries(
      raw
        .split(",")
        .filter(Boolean)
        .map(pair => pair.split(":").map(decodeURIComponent))
        .map(([model, value]) => [idOf(model), value]),
    ),
  write: values =>
    Object.entries(values)
      .filter(([, value]) => value)
      .map(([model, value]) => [nameOf(model), value].map(encodeURIComponent).join(":"))
      .join(","),
});

/** A value that an address may hold and no state is written to. */
export const readOnly = read => ({ read, write: () => "" });

export const number = text => {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) throw new RangeError("not a number");
  return value;
};

export const whole = text => {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value)) throw new RangeError("not a whole number");
  return value;
};

/**
 * fields: {field: [name in the address, {read, write}]}; key: under which this tab remembers the last address. owner: the
 * field whose settings the params are: an address that names it has them all, be it none.
 */
export function codec(fields, key, owner = null) {
  const byName = new Map(Object.entries(fields).map(([field, [name, form]]) => [name, [field, form]]));

  function read(hash = location.hash) {
    const state = {};
    const params = {};
    for (const pair of hash.replace(/^#/, "").split("&").filter(Boolean)) {
      const [name, raw = ""] = pair.split(/=(.*)/s);
      const [field, form] = byName.get(name) ?? [];
      try {
        if (name.startsWith("p.")) params[decodeURIComponent(name.slice(2))] = typed(decodeURIComponent(raw));
        else if (field) state[field] = form.read(raw);
      } catch {
        /* a pair that was cut or mistyped is left out */
      }
    }
    return Object.keys(params).length || state[owner] ? { ...state, params: { ...state.params, ...params } } : state;
  }

  function write(state) {
    const pairs = Object.entries(fields).flatMap(([field, [name, form]]) => {
      const value = state[field] ?? null;
      if (value === null) return [];
      const text = form.write(value);
      return text === "" && !form.emptyToo ? [] : [`${name}=${text}`];
    });
    return `#${[...pairs, ...paramPairs(state.params)].join("&")}`;
  }

  const remember = hash => {
    try {
      sessionStorage.setItem(key, hash);
    } catch {
      /* not kept */
    }
  };

  const remembered = () => {
    try {
      return sessionStorage.getItem(key) || "";
    } catch {
      return "";
    }
  };

  return { kept: [...Object.keys(fields), "params"], read, write, remember, remembered };
}
