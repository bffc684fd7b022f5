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
 * save(value): sends it; where an older value is answered after a newer one, the newest is sent again, so that it stays.
 * @param {(value: any) => Promise<any>} send
 */
export function newestLast(send) {
  let [sent, answered, newest] = [0, 0, null];
  return async function save(value) {
    const mine = ++sent;
    newest = value;
    await send(value);
    if (mine < answered) await save(newest);
    else answered = mine;
  };
}

/**
 * save(send, act): calls send() once those before have ended, then act(), unless a newer one was begun meanwhile.
 * @returns {(send: () => any, act: () => void) => Promise<void>}
 */
export function onlyLast() {
  const [begin, send] = [turns(), inOrder()];
  return async function save(one, act) {
    const current = begin();
    await send(one);
    if (current()) act();
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
