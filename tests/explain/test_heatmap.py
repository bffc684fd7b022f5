"""Heatmaps as pictures: sums, scales, colours, and maps that are empty or broken."""

import io

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from innv_gui.errors import BadInput
from innv_gui.plots.colormaps import TABLES
from innv_gui.plots.heatmap import KINDS, coloured, normalise, reduce, render


def picture_of(content):
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize("name", ["seismic", "jet", "inferno", "viridis"])
def test_colour_maps_equal_matplotlibs(name):
    assert np.array_equal(TABLES[name], matplotlib.colormaps[name](np.arange(256), bytes=True)[:, :3])


def test_every_colour_map_has_256_colours():
    assert set(TABLES) == {"seismic", "jet", "grey", "inferno", "viridis"}
    assert all(table.shape == (256, 3) and table.dtype == np.uint8 for table in TABLES.values())


def test_reduce_sums_over_channels_but_for_colour_pictures():
    relevance = np.arange(24, dtype=np.float32).reshape(2, 4, 3) - 9
    for kind in ("grey", "signed", "cam"):
        assert np.array_equal(reduce(relevance, kind), relevance.sum(axis=-1))
    assert np.array_equal(reduce(relevance, "rgb"), relevance)
    with pytest.raises(BadInput, match="Unknown kind"):
        reduce(relevance, "heat")


def test_signed_maps_are_divided_by_their_largest_size():
    assert normalise(np.array([[-4.0, 0, 2]]), "signed").tolist() == [[-1, 0, 0.5]]


def test_colour_pictures_have_mean_grey_and_a_quarter_of_their_deviation():
    drawn = np.random.default_rng(0).normal(5, 3, (8, 8, 3))
    slow = np.clip((drawn - drawn.mean()) / drawn.std() * 0.25 + 0.5, 0, 1)
    assert np.allclose(normalise(drawn, "rgb"), slow)


def test_clip_gives_full_colour_from_the_percentile_on():
    drawn = np.arange(101.0)[None]
    assert normalise(drawn, "grey", 50)[0, 50] == 1 and normalise(drawn, "grey", 50)[0, 25] == 0.5
    assert normalise(drawn, "grey", 100)[0, 50] == 0.5


def test_clip_of_a_map_that_is_almost_all_zero_keeps_what_there_is():
    drawn = np.zeros((10, 10))
    drawn[3, 3] = 1e-6
    assert normalise(drawn, "signed", 90)[3, 3] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_map_is_neutral_without_dividing_by_zero(kind):
    shape = (4, 4, 3) if kind == "rgb" else (4, 4)
    with np.errstate(all="raise"):
        bright = normalise(np.zeros(shape), kind)
    assert np.all(bright == (0.5 if kind == "rgb" else 0))


@pytest.mark.parametrize("kind", KINDS)
def test_nan_and_infinity_are_transparent_and_do_not_change_the_rest(kind):
    relevance = np.random.default_rng(1).normal(size=(6, 6, 3))
    broken = relevance.copy()
    broken[2, 3], broken[0, 0], broken[5, 5] = np.nan, np.inf, -np.inf
    colours = coloured(reduce(broken, kind), kind, "seismic")
    assert (
        colours[..., 3].tolist()
        == (~np.isnan(normalise(reduce(broken, kind), kind)).reshape(6, 6, -1).any(-1) * 255).tolist()
    )
    assert colours[2, 3, 3] == colours[0, 0, 3] == 0 and (colours[..., 3] == 0).sum() == 3


def test_a_map_of_nothing_but_nan_shows_the_picture():
    picture = np.full((8, 8, 3), 77, np.uint8)
    for kind in KINDS:
        drawn = picture_of(render(picture, np.full((8, 8, 3), np.nan), kind, "jet", 1.0, bar=False))
        assert np.all(drawn == 77)


def test_opacity_mixes_map_and_picture():
    picture, relevance = np.full((4, 4, 1), 100, np.uint8), np.ones((4, 4, 1))
    full, none, half = (picture_of(render(picture, relevance, "signed", "seismic", o, bar=False)) for o in (1, 0, 0.5))
    assert full[0, 0].tolist() == TABLES["seismic"][255].tolist() and none[0, 0].tolist() == [100] * 3
    assert np.allclose(half[0, 0], (full[0, 0].astype(int) + 100) / 2, atol=1)


def test_positive_is_red_and_negative_is_blue():
    drawn = picture_of(
        render(np.zeros((1, 2, 3), np.uint8), np.array([[[3.0], [-3.0]]]), "signed", "seismic", 1, bar=False)
    )
    (red, _, blue), (red2, _, blue2) = drawn[0, 0], drawn[0, -1]
    assert red > blue and blue2 > red2


def test_small_maps_are_enlarged_without_blur_but_grad_cam_smoothly():
    relevance = np.indices((8, 8)).sum(axis=0)[..., None] % 2 * 1.0
    sharp = picture_of(render(np.zeros((8, 8, 3), np.uint8), relevance, "grey", "grey", 1, bar=False))
    smooth = picture_of(render(np.zeros((8, 8, 3), np.uint8), relevance, "cam", "grey", 1, bar=False))
    assert sharp.shape == (256, 256, 3) and set(np.unique(sharp)) == {0, 255}
    assert len(np.unique(smooth)) > 10


@pytest.mark.parametrize(
    ("shape", "scale_px", "size"),
    [
        ((32, 32), None, (256, 256)),
        ((100, 50), None, (300, 150)),
        ((300, 200), None, (300, 200)),
        ((10, 20), 60, (30, 60)),
        ((400, 400), 100, (100, 100)),
    ],
)
def test_sizes(shape, scale_px, size):
    content = render(
        np.zeros((*shape, 3), np.uint8), np.ones((*shape, 1)), "grey", "grey", 1, bar=False, scale_px=scale_px
    )
    assert picture_of(content).shape[:2] == size


def test_the_bar_stands_below_and_leaves_the_picture_as_it_is():
    picture, relevance = np.zeros((32, 32, 3), np.uint8), np.random.default_rng(2).normal(size=(32, 32, 3))
    for kind in KINDS:
        bare, with_bar = (picture_of(render(picture, relevance, kind, "jet", 0.5, bar=bar)) for bar in (False, True))
        assert with_bar.shape[0] > bare.shape[0] and np.array_equal(with_bar[: bare.shape[0]], bare)
        assert (with_bar[bare.shape[0] :] != 255).any()


def test_a_picture_may_come_as_png():
    picture = np.random.default_rng(3).integers(0, 255, (16, 16, 3), np.uint8)
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    relevance = np.ones((16, 16, 1))
    assert render(picture, relevance, "signed", "seismic", 0.4) == render(
        content.getvalue(), relevance, "signed", "seismic", 0.4
    )


def test_an_unknown_colour_map_is_refused_with_the_known_ones():
    with pytest.raises(BadInput) as refused:
        render(np.zeros((2, 2, 3), np.uint8), np.ones((2, 2, 1)), "grey", "rainbow", 1)
    assert refused.value.field == "colormap" and "jet" in refused.value.allowed


@settings(max_examples=80, deadline=None)
@given(
    arrays(
        np.float32, st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)), elements=st.floats(width=32)
    ),
    st.sampled_from(KINDS),
    st.sampled_from(sorted(TABLES)),
    st.floats(0, 100),
)
def test_any_map_can_be_drawn(relevance, kind, colormap, clip):
    bright = normalise(reduce(relevance, kind), kind, clip)
    assert np.nanmax(bright, initial=0) <= 1 and np.nanmin(bright, initial=0) >= -1
    picture = np.zeros((*relevance.shape[:2], 1), np.uint8)
    assert render(picture, relevance, kind, colormap, 0.8, clip, scale_px=16)[:4] == b"\x89PNG"
