// The view Methods × models: which methods it starts with, and its sheets told as one run.

export const FIRST = ["grad_cam", "lrp.epsilon", "gradient", "lrp.alpha_1_beta_0", "integrated_gradients", "smoothgrad"];

/** Sheets by method -> what the strip above the result reads: one run over all of them. */
export function asOne(sheets, methods, models, images) {
  const runs = [...sheets.values()].map(({ explanation }) => explanation).filter(Boolean);
  const going = runs.find(run => run.job && !["done", "failed", "cancelled"].includes(run.job.status));
  const cancelled = runs.find(run => run.job?.status === "cancelled");
  if (!sheets.size) return null;
  return {
    id: "methods",
    models,
    images: Array.from({ length: images.length * methods.length }),
    cells: runs.flatMap(run => run.cells ?? []).filter(cell => cell.status === "done"),
    job: going?.job ?? cancelled?.job ?? { status: sheets.size < methods.length ? "running" : "done" },
    request: { analyzer: `${methods.length} methods` },
    seconds: runs.reduce((sum, run) => sum + (run.seconds || 0), 0),
  };
}
