// What a map asks about single rows: their pictures, and whether the model in question is wrong.
import { columnOf } from "./paint.js";
import { createPictures } from "./pictures.js";
import { wishOf } from "./wish.js";

const INDEX = { name: "index", kind: "number" };

/** The column that says right or wrong: of the model that colours, else that of the right map. */
function flagOf({ exploration, maps, colour }) {
  const model = columnOf(exploration, colour)?.model ?? wishOf(exploration, maps, "right").of;
  return exploration.columns.find(column => column.kind === "flag" && column.model === model) ?? null;
}

/** loaded(): one more picture is there. -> {pictureOf(row), wrong(row)} */
export function createRowFacts(store, values, loaded) {
  const pictures = createPictures(loaded);

  function pictureOf(row) {
    const { exploration } = store.state;
    const indices = values.of(exploration, INDEX);
    return indices ? pictures.of(exploration.dataset.id, indices[row]) : null;
  }

  function wrong(row) {
    const flag = flagOf(store.state);
    return Boolean(flag) && values.of(store.state.exploration, flag)?.[row] === 0;
  }

  return { pictureOf, wrong };
}
