// What the address keeps of the view Trust, as it starts.

export const TRUST_BLANK = {
  tested: null, // methods; null: the shortlist
  metrics: null, // null: all that can be measured
  fills: ["blur", "mean"],
  steps: 10,
  regions: {}, // image -> boxes [left, top, right, bottom] in shares of the image
  ownMasks: false, // those that a sample set knows of its pictures, instead of boxes
  sortedBy: null, // metric; null: the first one
  sortedModel: null, // side by side: by whose numbers
  shownModel: null, // a model, or "all" for side by side; null: the first one
  openRow: null, // a row's name
  openImage: 0, // its place, the worst first
  shownFill: null, // numbers of one fill; null: the mean of all
  trustId: null,
};
