// What a page knows, in one value; whoever draws listens for "change".

export class Store extends EventTarget {
  constructor(state) {
    super();
    this.state = state;
  }

  /** Takes over the changed fields and tells which they were. Nothing is reported when nothing differs. */
  set(changes) {
    const before = this.state;
    const changed = new Set(Object.keys(changes).filter(name => changes[name] !== before[name]));
    if (!changed.size) return;
    this.state = { ...before, ...changes };
    this.dispatchEvent(new CustomEvent("change", { detail: { before, changed } }));
  }

  /** Calls draw(state, changed) at every change that touches one of `fields`. */
  on(fields, draw) {
    this.addEventListener("change", (/** @type {CustomEvent} */ event) => {
      if (fields.some(name => event.detail.changed.has(name))) draw(this.state, event.detail.changed);
    });
  }
}
