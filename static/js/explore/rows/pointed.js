// The image under the pointer or with the focus, in the table or among the cards: the maps ring its dot.

/** root holds elements with data-row; state gets `pointed`, null where there is none. */
export function watchPointed(root, store) {
  const rowOf = ({ target }) => {
    const row = target.closest?.("[data-row]")?.dataset.row;
    return row === undefined ? null : Number(row);
  };
  const set = pointed => {
    if (pointed !== (store.state.pointed ?? null)) store.set({ pointed });
  };
  root.addEventListener("pointerover", event => set(rowOf(event)));
  root.addEventListener("focusin", event => set(rowOf(event)));
  root.addEventListener("pointerleave", () => set(null));
  root.addEventListener("focusout", () => set(null));
}
