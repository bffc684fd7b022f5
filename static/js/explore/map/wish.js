// Which map a side wants.

const FIELDS = ["of", "method", "perplexity", "neighbours", "seed", "full"];

/** What is asked of the server: the side's settings, a model that is there. */
export function wishOf({ models }, maps, side) {
  const wish = { of: side === "left" ? "pixels" : models[0]?.id, method: "pca", ...maps?.[side] };
  const known = wish.of === "pixels" || models.some(({ id }) => id === wish.of);
  const settings = FIELDS.filter(name => wish[name] !== undefined && wish[name] !== null).map(name => [
    name,
    wish[name],
  ]);
  return { ...Object.fromEntries(settings), of: known ? wish.of : (models[0]?.id ?? "pixels") };
}
