// Boxes on images as values, in shares of the image, 0 to 1: how they are written in an address.

const DIGITS = 1000;
const short = share => String(Math.round(share * DIGITS) / DIGITS);

const wellFormed = box =>
  box.length === 4 &&
  box.every(Number.isFinite) &&
  box.every(share => share >= 0 && share <= 1) &&
  box[0] < box[2] &&
  box[1] < box[3];

/** {3: [[.1, .2, .5, .6]]} <-> "3:.1_.2_.5_.6", several boxes joined by "+". */
export const regionsForm = {
  read: raw => {
    const images = raw
      .split(",")
      .filter(Boolean)
      .map(pair => pair.split(":"));
    const boxes = text =>
      text
        .split("+")
        .map(box => box.split("_").map(Number))
        .filter(wellFormed);
    return Object.fromEntries(images.filter(([index]) => /^\d+$/.test(index)).map(([index, text = ""]) => [index, boxes(text)]));
  },
  write: regions =>
    Object.entries(regions)
      .filter(([, boxes]) => boxes.length)
      .map(([index, boxes]) => `${index}:${boxes.map(box => box.map(short).join("_")).join("+")}`)
      .join(","),
};
