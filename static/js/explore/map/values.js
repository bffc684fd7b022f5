// Values of columns, one per row: asked for once, again when the exploration has more of them.

const WAIT_MS = 2000; // between two questions while the exploration still grows

/** come(): values have arrived. api: exploration-api.js. */
export function createValues(api, come) {
  const kept = new Map();

  /** Whether to ask now; what is asked too soon is looked at once more. */
  function due(entry, version) {
    if (entry.version === version || entry.asking) return false;
    const left_ms = WAIT_MS - (performance.now() - entry.asked_ms);
    if (left_ms > 0) entry.timer ??= setTimeout(() => ((entry.timer = null), come()), left_ms);
    return left_ms <= 0;
  }

  async function ask(key, entry, version, fetched) {
    Object.assign(entry, { asking: true, version, asked_ms: performance.now() });
    try {
      entry.values = await fetched();
    } catch {
      entry.version = null; // the next who looks asks again
    }
    entry.asking = false;
    if (kept.get(key) === entry) come();
  }

  function look(key, version, fetched) {
    const entry = kept.get(key) ?? { values: null, version: null, asking: false, asked_ms: -Infinity, timer: null };
    kept.set(key, entry);
    if (due(entry, version)) ask(key, entry, version, fetched);
    return entry.values;
  }

  return {
    /** The values, or null while they are on their way. column: as `exploration.columns` has it. */
    of: (exploration, column) =>
      look(`${exploration.id}|${column.name}`, exploration.version, () =>
        api.column(exploration.id, column, exploration.version),
      ),
    trust: (exploration, map) =>
      look(`${exploration.id}|trust|${map.id}`, map.version, () => api.mapTrust(exploration.id, map.id, map.version)),
  };
}
