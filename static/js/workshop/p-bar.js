// The bar under a picture: how sure the network is of its class.
import { svg } from "../lib/svg.js";

/** p: 0 to 1. */
export const pBar = p =>
  svg(
    "svg",
    { class: "pbar", viewBox: "0 0 42 3", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bg", width: 42, height: 3 }),
    svg("rect", { class: "fg", width: 42 * p, height: 3 }),
  );
