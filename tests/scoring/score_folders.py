"""Score folders as a scoring job leaves them, made of given probabilities: for tests of what reads them."""

import json

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


class Folder:
    """One model's parts. p (N, K) float32 with NaN rows for bad images; activations: layer -> (N, U)."""

    def __init__(self, path, p, labels=None, activations=None, rows_a_part=8, bad=(), class_names=None):
        self.path, self.p, self.rows_a_part = path, p.astype(np.float32).copy(), rows_a_part
        self.labels = np.full(len(p), -1) if labels is None else np.asarray(labels)
        self.class_names = class_names or [f"class {k}" for k in range(p.shape[1])]
        self.bad = set(bad)
        self.p[sorted(self.bad)] = np.nan
        self.activations = {"logits": np.log(np.maximum(p, 1e-30))} if activations is None else activations
        self.files = {layer: f"l{k}" for k, layer in enumerate(self.activations)}
        path.mkdir(parents=True)
        (path / "about.json").write_text(json.dumps(self.about()))

    def about(self):
        layers = {
            layer: {"file": self.files[layer], "units": values.shape[1], "spatial": False}
            for layer, values in self.activations.items()
        }
        dataset = {"name": "made", "n": len(self.p), "rows_a_part": self.rows_a_part, "fingerprint": "f" * 64}
        return {
            "dataset": dataset | {"class_names": None},
            "model": {"name": self.path.name, "n_classes": self.p.shape[1], "class_names": self.class_names},
            "layers": layers,
        }

    @property
    def n_parts(self):
        return -(-len(self.p) // self.rows_a_part)

    def write(self, *parts):
        for part in parts or range(self.n_parts):
            rows = np.arange(part * self.rows_a_part, min((part + 1) * self.rows_a_part, len(self.p)))
            self._write_activations(part, rows)
            pq.write_table(pa.table(self._columns(rows)), self.path / f"part-{part:07d}.parquet")
        return self

    def _write_activations(self, part, rows):
        for layer, values in self.activations.items():
            values = values[rows].astype(np.float32)
            values[[row in self.bad for row in rows]] = np.nan
            with h5py.File(self.path / f"part-{part:07d}.{self.files[layer]}.h5", "w") as file:
                file["activations"] = values

    def _columns(self, rows):
        good = np.array([row not in self.bad for row in rows])
        p = self.p[rows]
        order = np.argsort(-np.nan_to_num(p), axis=1, kind="stable")
        number = lambda values: pa.array(np.asarray(values, np.float32), mask=~good)  # noqa: E731
        whole = lambda values: pa.array(np.asarray(values, np.int32), mask=~good)  # noqa: E731
        ranked = np.sort(np.nan_to_num(p), axis=1)[:, ::-1]
        labels = self.labels[rows]
        own = p[np.arange(len(rows)), np.maximum(labels, 0)]
        top = order[:, :5]
        columns = {
            "index": rows,
            "problem": pa.array([f"is broken in row {row}" if row in self.bad else None for row in rows], pa.string()),
            "name": [f"{row}.png" for row in rows],
            "label_class": whole(labels),
            "predicted": whole(order[:, 0]),
            "probability": number(ranked[:, 0]),
            "loss": number(np.where(labels >= 0, -np.log(np.maximum(own, 1e-30)), np.nan)),
            "entropy": number(-(p * np.log(np.maximum(p, 1e-30))).sum(1)),
            "margin": number(ranked[:, 0] - ranked[:, 1]),
            "norm": number(np.linalg.norm(p, axis=1)),
            "top5_class": pa.array([r.tolist() if ok else None for r, ok in zip(top, good, strict=True)]),
            "top5_probability": pa.array(
                [p[i, top[i]].tolist() if ok else None for i, ok in enumerate(good)], pa.list_(pa.float32())
            ),
            "probabilities": pa.array(
                [row.tolist() if ok else None for row, ok in zip(p, good, strict=True)],
                pa.list_(pa.float32(), p.shape[1]),
            ),
        }
        for layer, values in self.activations.items():
            columns[f"mean:{layer}"] = number(values[rows].mean(1))
        return columns
