// Links from page to page, and the parts that every address is written of.
import { DATASETS, MODELS } from "./address-names.js";

export const list = values => values.map(value => encodeURIComponent(value)).join(",");

/** Text values of parameters are JSON where they can be, so that numbers come back as numbers. */
export const typed = text => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const paramPairs = params =>
  Object.entries(params ?? {}).map(
    ([name, given]) => `p.${encodeURIComponent(name)}=${encodeURIComponent(JSON.stringify(given))}`,
  );

/** A link to the page Views with the same models and images. */
export function viewsLink({ models, dataset, images }) {
  if (!dataset) return "/views";
  return `/views#models=${list(models.map(MODELS.nameOf))}&dataset=${encodeURIComponent(DATASETS.nameOf(dataset))}&images=${images.join(",")}`;
}

/** A link that explains some images at once: with a method where one is given, else as Visualize stands. */
export function explainLink({ dataset, images, models = [], analyzer = null, params = {} }) {
  const method = analyzer ? [`method=${encodeURIComponent(analyzer)}`, ...paramPairs(params)] : [];
  const chosen = models.length ? [`models=${list(models.map(MODELS.nameOf))}`] : [];
  const pairs = [...chosen, `dataset=${encodeURIComponent(DATASETS.nameOf(dataset))}`, `images=${images.join(",")}`, ...method, "go"];
  return `/visualize#${pairs.join("&")}`;
}
