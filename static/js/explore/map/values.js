// Values of columns, one per row: asked for once, again when the exploration has more of them.

const WAIT_MS = 2000; // between two questions while the exploration still grows

/** One column: what is known of it and when it was asked for last. */
class Entry {
  values = null;
  #version = null;
  #asking = false;
  #asked_ms = -Infinity;
  #timer = null;

  constructor(come) {
    this.come = come;
  }

  /** Whether to ask now; what is asked too soon is looked at once more. */
  #due(version) {
    if (this.#version === version || this.#asking) return false;
    const left_ms = WAIT_MS - (performance.now() - this.#asked_ms);
    if (left_ms > 0) this.#timer ??= setTimeout(() => this.#again(), left_ms);
    return left_ms <= 0;
  }

  #again() {
    this.#timer = null;
    this.come();
  }

  async look(version, fetched) {
    if (!this.#due(version)) return;
    this.#asking = true;
    this.#version = version;
    this.#asked_ms = performance.now();
    try {
      this.values = await fetched();
    } catch {
      this.#version = null; // the next look asks again
    }
    this.#asking = false;
    this.come();
  }
}

/** come(): values have arrived. api: exploration-api.js. */
export function createValues(api, come) {
  const kept = new Map();

  function look(key, version, fetched) {
    if (!kept.has(key)) kept.set(key, new Entry(come));
    kept.get(key).look(version, fetched);
    return kept.get(key).values;
  }

  return {
    /** The values, or null while they are on their way. column: as `exploration.columns` has it. */
    of: ({ id, version }, column) => look(`${id}|${column.name}`, version, () => api.column(id, column, version)),
    trust: ({ id }, map) => look(`${id}|trust|${map.id}`, map.version, () => api.mapTrust(id, map.id, map.version)),
  };
}
