// A small table of Trust, as the server answers it.

export const FIELDS_OF_TRUST =
  "view tested metrics fills steps regions sortedBy shownModel openRow openImage shownFill trustId".split(" ");

const cell = (mean, more = {}) => ({
  mean,
  low: mean - 0.05,
  high: mean + 0.05,
  n: 2,
  place: null,
  shared: false,
  beats: "",
  not_beaten: [],
  ...more,
});
const nothing = { mean: null, low: null, high: null, n: 0, place: null, shared: false, beats: "", not_beaten: [] };

export const rows = [
  { name: "control:random", control: true, analyzer: null },
  { name: "control:edges", control: true, analyzer: null },
  { name: "gradient", control: false, analyzer: "gradient" },
  { name: "grad_cam", control: false, analyzer: "grad_cam" },
  { name: "lrp.z", control: false, analyzer: "lrp.z" },
];

export const model = id => ({
  id,
  name: id,
  failures: { "lrp.z": { message: "No." } },
  cells: {
    difference: {
      "control:random": cell(0),
      "control:edges": cell(0.2),
      gradient: cell(0.1, { place: 2, beats: "none", not_beaten: ["control:random", "control:edges"] }),
      grad_cam: cell(0.5, { place: 1, beats: "all" }),
      "lrp.z": nothing,
    },
    sanity: { gradient: cell(0.1, { place: 1 }), grad_cam: cell(0.3, { place: 2 }), "lrp.z": nothing },
  },
  order: {
    difference: ["grad_cam", "control:edges", "gradient", "control:random", "lrp.z"],
    sanity: ["gradient", "grad_cam", "lrp.z"],
  },
  best_control: { difference: "control:edges", sanity: null },
});

export const trustOf = () => ({
  id: "t-1",
  status: "done",
  images: [{ index: 1 }, { index: 2 }],
  problems: [],
  metrics: [
    { name: "difference", better: "high" },
    { name: "sanity", better: "low" },
  ],
  rows,
  models: [model("m1")],
});
