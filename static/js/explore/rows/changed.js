// What is drawn stays as it is while nothing on it differs: a press that began on a button ends on the same one.

/** draw(...values), called when the key, any plain value, is not the one of the call before. */
export function whenChanged(draw) {
  let before = null;
  return (key, ...values) => {
    const now = JSON.stringify(key);
    if (now === before) return;
    before = now;
    draw(...values);
  };
}
