// Ways into the editor and the dialog of images, from the tiles of step 1.
import { complain, toast } from "../../shell/toast.js";
import { openPictures } from "./choose-pictures.js";
import { openDrawing } from "./draw-class.js";
import { markable, openMarks } from "./mark-classes.js";

export function createEditors(store) {
  const pictures = (name = null) => openPictures(store, name).catch(complain);

  function mark() {
    if (markable(store.state).length) openMarks(store);
    else toast("Noise is drawn again for every copy, so that no place on it means anything. Choose a shape to mark.");
  }

  function edit(name) {
    const own = store.state.own.find(one => one.name === name);
    if (own?.dataset) pictures(name);
    else openDrawing(store, name);
  }

  return { draw: () => openDrawing(store), mark, pictures: () => pictures(), edit };
}
