// Answers that come late: only the newest question's answer counts, and changes are sent in the order they were made.

/**
 * begin(): a newer turn, which ends the one before. -> current(): whether no newer one has begun.
 * @returns {() => () => boolean}
 */
export function turns() {
  let newest = 0;
  return () => {
    const mine = ++newest;
    return () => mine === newest;
  };
}

/**
 * send(act): calls act() once the acts before have ended, well or not -> a promise of what it gives.
 * @returns {(act: () => any) => Promise<any>}
 */
export function inOrder() {
  let last = Promise.resolve();
  return act => {
    const given = last.then(act);
    last = given.then(
      () => {},
      () => {},
    );
    return given;
  };
}
