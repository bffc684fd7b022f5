// The one selection: which of a dataset's rows are chosen, as bits. Map, table, matrix, wall, pool and basket draw from it.

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let n = 0;
  for (let rest = byte; rest; rest &= rest - 1) n += 1;
  return n;
});

export const bitsFor = n => new Uint8Array(Math.ceil(n / 8));
export const countOf = bits => bits.reduce((sum, byte) => sum + BITS[byte], 0);
export const has = (bits, row) => Boolean(bits[row >> 3] & (1 << (row & 7)));

/** Rows as bits. */
export function bitsOf(rows, n) {
  const bits = bitsFor(n);
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return bits;
}

/** Bits as rows, ascending. */
export function rowsOf(bits) {
  const rows = [];
  bits.forEach((byte, place) => {
    for (let bit = 0; byte && bit < 8; bit += 1) if (byte & (1 << bit)) rows.push(place * 8 + bit);
  });
  return rows;
}

/** Bits as text, in pieces: a million rows are too many arguments for one call. */
export function base64(bits) {
  let text = "";
  for (let at = 0; at < bits.length; at += 8192) text += String.fromCharCode(...bits.subarray(at, at + 8192));
  return btoa(text);
}

export class Selection extends EventTarget {
  #keep;
  #sid = null;

  /** keep: sends bits as base64 to the server -> the id by which it knows them. */
  constructor(keep) {
    super();
    this.#keep = keep;
    this.n = 0;
    this.bits = bitsFor(0);
    this.count = 0;
    this.version = 0;
  }

  /** Begin again, with nothing chosen of n rows. */
  reset(n) {
    this.n = n;
    this.#become(bitsFor(n));
  }

  has(row) {
    return has(this.bits, row);
  }

  /** Bits that are the selection from now on. sid: where the server knows them already. */
  set(bits, sid = null) {
    this.#become(Uint8Array.from(bits), sid);
  }

  add(rows) {
    this.#combine(rows, (now, more) => now | more);
  }

  remove(rows) {
    this.#combine(rows, (now, less) => now & ~less);
  }

  only(rows) {
    this.#become(rows instanceof Uint8Array ? Uint8Array.from(rows) : bitsOf(rows, this.n));
  }

  toggle(row) {
    if (this.has(row)) this.remove([row]);
    else this.add([row]);
  }

  clear() {
    if (this.count) this.#become(bitsFor(this.n));
  }

  rows() {
    return rowsOf(this.bits);
  }

  /** The id by which the server knows these rows; they are sent once. */
  sid() {
    if (!this.#sid) {
      const sent = this.#keep(base64(this.bits)).catch(error => {
        if (this.#sid === sent) this.#sid = null; // the next one who asks tries again
        throw error;
      });
      this.#sid = sent;
    }
    return this.#sid;
  }

  /** call(id) -> its answer; rows that the server has forgotten are sent again, once. */
  async asked(call) {
    try {
      return await call(await this.sid());
    } catch (error) {
      if (error.status !== 404 || error.field !== "selection") throw error;
      this.#sid = null;
      return call(await this.sid());
    }
  }

  /** rows: an array of them, or bits. */
  #combine(rows, join) {
    const others = rows instanceof Uint8Array ? rows : bitsOf(rows, this.n);
    this.#become(this.bits.map((byte, place) => join(byte, others[place])));
  }

  #become(bits, sid = null) {
    this.bits = bits;
    this.count = countOf(bits);
    this.version += 1;
    this.#sid = sid ? Promise.resolve(sid) : null;
    this.dispatchEvent(new Event("changed"));
  }
}
