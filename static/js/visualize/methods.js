// The view Methods × models: which methods it starts with, and its sheets shown as one run.

export const FIRST = ["grad_cam", "lrp.epsilon", "gradient", "lrp.alpha_1_beta_0", "integrated_gradients", "smoothgrad"];

/** The chosen methods as columns of the view. */
export const columnsOf = ({ methods, catalog }) =>
  methods.map(name => {
    const { summary, display } = catalog.analyzers.find(one => one.name === name);
    return { id: name, title: name, method: name, named: false, words: summary, display };
  });

/** Sheets by column -> what the strip above the result reads: one run over all of them. */
export function asOne(sheets, columns, models, images, what = "methods") {
  const runs = [...sheets.values()].map(({ explanation }) => explanation).filter(Boolean);
  const going = runs.find(run => run.job && !["done", "failed", "cancelled"].includes(run.job.status));
  const cancelled = runs.find(run => run.job?.status === "cancelled");
  const awaited = [...sheets.values()].some(({ explanation, problem }) => !explanation && !problem);
  const pending = awaited || (what === "runs" && sheets.size < columns.length);
  if (!sheets.size) return null;
  return {
    id: what,
    models,
    images: Array.from({ length: images.length * columns.length }),
    replaced: Object.values(Object.fromEntries(runs.flatMap(run => run.replaced ?? []).map(one => [one.name, one]))),
    cells: runs.flatMap(run => run.cells ?? []).filter(cell => cell.status === "done"),
    job: going?.job ?? cancelled?.job ?? { status: pending ? "running" : "done" },
    request: { analyzer: `${columns.length} ${what}` },
    seconds: runs.reduce((sum, run) => sum + (run.seconds || 0), 0),
  };
}
