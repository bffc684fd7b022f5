// Tiles of the wall as pictures: asked for when they are looked at, given up when they are not, some hundred kept.

const KEPT = 160; // 512 x 512 px each, decoded 1 MB

/** address(tile, side_px): where it is. changed(): one came. failed(): one did not, and is asked for at the next want. */
export function createTileStore(address, changed, failed) {
  const tiles = new Map(); // "side tile" -> HTMLImageElement, the ones last used at the end
  const keyOf = (tile, side_px) => `${side_px} ${tile}`;

  function load(key, src) {
    const image = new Image();
    image.decoding = "async";
    image.onload = changed;
    image.onerror = () => {
      tiles.delete(key);
      failed();
    };
    image.src = src;
    tiles.set(key, image);
  }

  function forget(key) {
    const image = tiles.get(key);
    tiles.delete(key);
    image.onload = image.onerror = null;
    if (!image.complete) image.src = "";
  }

  /** Only these are wanted now; what is still on its way for others is given up. */
  function want(list, side_px) {
    const wanted = new Set(list.map(tile => keyOf(tile, side_px)));
    for (const [key, image] of tiles) if (!image.complete && !wanted.has(key)) forget(key);
    for (const tile of list) {
      const key = keyOf(tile, side_px);
      const known = tiles.get(key);
      if (!known) load(key, address(tile, side_px));
      else {
        tiles.delete(key);
        tiles.set(key, known);
      }
    }
    for (const key of tiles.keys()) if (tiles.size > Math.max(KEPT, wanted.size)) forget(key);
  }

  /** The picture of a tile, or null while it is on its way. */
  function get(tile, side_px) {
    const image = tiles.get(keyOf(tile, side_px));
    return image?.complete && image.naturalWidth ? image : null;
  }

  return { want, get, clear: () => [...tiles.keys()].forEach(forget) };
}
