"""Images as a network sees them, with its prediction."""

from __future__ import annotations

import numpy as np

from innv_gui import datasets
from innv_gui.datasets import geometry
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, ModelSource, Prepared, Preprocessing
from innv_gui.runtimes.keras.networks import hooks, loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.predict import preprocessing as rules


def prepare(
    source: ModelSource,
    preprocessing: Preprocessing,
    refs: tuple[ImageRef, ...] | None = None,
    arrays: np.ndarray | None = None,
) -> Prepared:
    """Decodes, resizes and preprocesses `refs`, or takes `arrays` (N, H, W, C) as network input; and predicts."""
    network = loading.load(source)
    if arrays is not None:
        x, notes, image_notes, sizes = _checked_arrays(network, arrays), (), (), ()
    else:
        images = [datasets.decode(ref) for ref in refs or ()]
        x, notes = _from_images(network, source, preprocessing, images)
        image_notes = tuple(_conversion(image, network.input_shape[2]) for image in images)
        sizes = tuple(image.shape[:2] for image in images)
    scores = network.scores(x)
    return Prepared(x, scores, network.probabilities(scores), notes, image_notes, sizes)


def picture(source: ModelSource, preprocessing: Preprocessing, ref: ImageRef) -> np.ndarray:
    """(H, W, C) uint8: the image in the network's geometry before preprocessing, to be shown under maps."""
    network, image = loading.load(source), datasets.decode(ref)
    given = hooks.load(source.hooks)
    if "preprocess" in given and "postprocess" in given:
        x = hooks.preprocessed(source.hooks, [geometry.as_pixels(image)], network.input_shape)
        return hooks.picture(source.hooks, x)
    height, width = geometry.size_of(network.input_shape)
    return geometry.as_pixels(geometry.fitted(image, height, width, network.input_shape[2], preprocessing.resize))


def picture_png(source: ModelSource, preprocessing: Preprocessing, ref: ImageRef) -> bytes:
    """`picture` as PNG."""
    return datasets.png_of(picture(source, preprocessing, ref))


def _from_images(network: Network, source: ModelSource, rule: Preprocessing, images: list[np.ndarray]):
    """(x, notes): (N, H, W, C) float32 network input."""
    height, width = geometry.size_of(network.input_shape)
    channels = network.input_shape[2]
    if "preprocess" in hooks.load(source.hooks):
        pixels = [geometry.as_pixels(image) for image in images]
        return hooks.preprocessed(source.hooks, pixels, network.input_shape), ("Preprocessed by a custom function.",)
    fitted = [geometry.fitted(image, height, width, channels, rule.resize) for image in images]
    pixels = np.stack(fitted) if fitted else np.zeros((0, height, width, channels), np.float32)
    return rules.apply(pixels, rule), tuple(_notes(network))


def _notes(network: Network):
    """What was done to all images that a person may not expect."""
    sides = geometry.open_sides(network.input_shape)
    if sides:
        height, width = geometry.size_of(network.input_shape)
        yield f"the model takes {sides}: they are brought to {height} × {width}"


def _conversion(image: np.ndarray, channels: int) -> tuple[str, ...]:
    """What was done to the colours of one image (H, W, C)."""
    given = 1 if image.ndim == 2 else image.shape[2]
    if given == channels:
        return ()
    return ("converted from grey to RGB" if channels == 3 else "converted from RGB to grey",)


def _checked_arrays(network: Network, arrays: np.ndarray) -> np.ndarray:
    x = np.asarray(arrays)
    expected = network.input_shape
    wanted = "(N, " + ", ".join("any" if side is None else str(side) for side in expected) + ")"
    if x.dtype.kind not in "fiub":
        raise BadInput(f"Expected numbers of shape {wanted}, got an array of {x.dtype}.", field="images")
    fits = x.ndim == 4 and all(want in (None, got) for want, got in zip(expected, x.shape[1:], strict=True))
    if not fits:
        raise BadInput(
            f"{network.file} takes arrays of shape {wanted}, got {x.shape}.",
            "Arrays are taken as network input, as they are.",
            field="images",
        )
    x = np.ascontiguousarray(x, dtype=np.float32)
    if not np.isfinite(x).all():
        raise BadInput("The array holds values that are not finite.", field="images")
    return x
