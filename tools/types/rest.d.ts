// Made from the OpenAPI document by tools/write_types.py; `make types` writes it again. Not for hands.

export type Basket = {
  dataset?: string | null;
  images?: Array<number>;
};

export type Cell = {
  rows?: string;
  columns: string;
  row: string;
  column: string;
};

export type Error = {
  error: {
    message: string;
    hint: string;
    field: string | null;
    allowed: Array<any>;
    retry: boolean;
  };
};

export type HistoryChange = {
  title: string;
};

export type LabelsChange = {
  dataset: string;
  classes: Record<string, number | string | null>;
};

export type ModelChange = {
  name?: string | null;
  preprocessing?: PreprocessingChange | null;
  class_names?: Array<string> | Record<string, string | Array<string>> | "confirm" | null;
  outputs?: "softmax" | "logits" | "probabilities" | "log_probabilities" | "binary" | "multilabel" | "auto" | null;
  labels?: LabelsChange | null;
};

export type MoreEpochs = {
  epochs?: number;
};

export type NewExplanation = {
  models: Array<string>;
  dataset: string;
  images: Array<number>;
  analyzer: string;
  params?: Record<string, any>;
  layer?: string | Record<string, string | null> | null;
  neuron?: number | null;
  top_neurons?: number | null;
  class?: string | number;
  engine?: string;
  unchecked?: boolean;
  softmax?: boolean;
};

export type NewExploration = {
  dataset: string;
  models: Array<string>;
  layers?: Record<string, string | null> | null;
};

export type NewExtremes = {
  model: string;
  layer?: string | null;
  classes?: Array<number | string> | null;
  neurons?: Array<number> | null;
  channels?: Array<number> | null;
  dataset: string;
  count?: number;
};

export type NewList = {
  text: string;
};

export type NewMap = {
  of: string;
  method?: "pca" | "tsne" | "umap";
  perplexity?: number;
  neighbours?: number;
  seed?: number;
  full?: boolean;
};

export type NewMaximization = {
  model: string;
  layer?: string | null;
  classes?: Array<number | string> | null;
  neurons?: Array<number> | null;
  channels?: Array<number> | null;
  initial?: string;
  dataset?: string | null;
  image?: number | null;
  preset?: string;
  params?: Record<string, any>;
  seed?: number;
};

export type NewModel = {
  offered?: string | null;
  application?: string | null;
  weights?: "random" | null;
  outputs?: "softmax" | "logits" | "probabilities" | "log_probabilities" | "binary" | "multilabel" | "auto" | null;
};

export type NewPatterns = {
  model: string;
  dataset: string;
};

export type NewProbe = {
  dataset?: string | null;
};

export type NewRanking = {
  models: Array<string>;
  dataset: string;
  images?: Array<number>;
  analyzer: string;
  params?: Record<string, any>;
  layer?: string | Record<string, string | null> | null;
  neuron?: number | null;
  top_neurons?: number | null;
  class?: string | number;
  engine?: string;
  unchecked?: boolean;
  softmax?: boolean;
  measure?: "spearman" | "iou";
};

export type NewRetraining = {
  model: string;
  dataset: string;
  images?: Array<number> | null;
  regions?: Record<string, Array<Array<number>>> | Array<Array<number>> | "samples" | null;
  way?: "filling" | "penalty" | "both" | null;
  fill?: "pictures" | "noise" | "colour" | null;
  strength?: number | null;
  steps?: number | null;
  learning_rate?: number | null;
  forget?: number | null;
  seed?: number | null;
};

export type NewSelection = {
  bits?: string | null;
  query?: string | null;
  cell?: Cell | null;
  rows?: Array<number> | null;
};

export type NewShapesRun = {
  name?: string | null;
  classes: Array<WantedShape>;
  marks?: Record<string, Array<number>>;
  way?: "none" | "penalty" | "filling" | "both" | null;
  strength?: number;
  model?: "mlp" | "cnn" | "file";
  file?: string | null;
  initial?: "black" | "white" | "noise" | "blurred";
  step_size?: number;
  epochs?: number;
  seed?: number;
  seeds?: number;
};

export type NewSubset = {
  name: string;
  selection?: string | null;
  query?: string;
};

export type NewSuggestion = {
  dataset: string;
  models: Array<string>;
  layers?: Record<string, string | null> | null;
  neuron?: number | Record<string, number | null> | null;
  class?: string | null;
};

export type NewTrust = {
  models: Array<string>;
  dataset: string;
  images: Array<number>;
  methods?: Array<string | WishedMethod> | null;
  metrics?: Array<string> | null;
  fills?: Array<"blur" | "mean" | "grey">;
  steps?: 10 | 20 | 50;
  class?: string | number;
  regions?: Record<string, Array<Array<number>>> | "samples" | null;
  unchecked?: boolean;
};

export type NewView = {
  view: string;
  models: Array<string>;
  dataset: string;
  images: Array<number>;
  params?: Record<string, any>;
};

export type ParamsCheck = {
  params?: Record<string, any>;
};

export type PreprocessingChange = {
  mode: "none" | "unit" | "symmetric" | "caffe" | "tf" | "torch" | "standardize";
  mean?: Array<number> | number | null;
  std?: Array<number> | number | null;
  resize?: "stretch" | "pad" | "crop";
  channels?: "rgb" | "bgr";
};

export type ShapesRunChange = {
  name?: string | null;
  pinned?: boolean | null;
};

export type TagWish = {
  selection: string;
  tag: string;
  on?: boolean;
};

export type TrainedModel = {
  trial?: number;
  images?: boolean;
};

export type WantedShape = {
  tile?: string | null;
  name?: string | null;
  pixels?: Array<number> | null;
  dataset?: string | null;
  images?: Array<number> | null;
  run?: string | null;
};

export type WarmModel = {
  model?: "mlp" | "cnn";
};

export type WishedMethod = {
  analyzer: string;
  params?: Record<string, any>;
};
