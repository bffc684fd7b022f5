"""A heatmap is shown over the picture that was explained, or it is said that the file holds another one by now."""

import io
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import Conflict
from innv_gui.records import ImageRef
from innv_gui.session.explain import contents
from innv_gui.session.explain.contents import BEFORE, MISSING, SINCE, Contents
from innv_gui.web.app import create_app
from tests.conftest import SAMPLES, TOKEN, workers_lent_by


def picture(path, value):
    Image.fromarray(np.full((32, 32), value, np.uint8)).save(path)
    os.utime(path, ns=(value, value))


@pytest.fixture
def refs(tmp_path):
    for index in range(3):
        picture(tmp_path / f"{index}.png", 10 * index)
    return [ImageRef(f"{index}.png", str(tmp_path / f"{index}.png")) for index in range(3)]


def told(noted):
    return [(one.name, one.reason, one.stale) for one in noted.replaced()]


def test_nothing_is_said_of_pictures_that_are_still_the_same(refs):
    noted = Contents()
    first = noted.note(refs)
    assert len(set(first)) == 3 and all(len(one) == contents.DIGITS for one in first)
    os.utime(refs[1].path)  # written again, with the same bytes
    assert told(noted) == []
    noted.note(refs, first)
    assert told(noted) == []
    for ref in refs:
        noted.check(ref)


def test_each_picture_that_is_another_or_gone_is_named_with_what_is_shown(refs):
    noted, before = Contents(), Contents().note(refs)
    picture(refs[0].path, 200)
    noted.note(refs, before)
    assert told(noted) == [("0.png", BEFORE, False)]
    picture(refs[1].path, 210)
    os.remove(refs[2].path)
    assert told(noted) == [("0.png", BEFORE, False), ("1.png", SINCE, True), ("2.png", MISSING, True)]
    picture(refs[0].path, 220)
    assert told(noted)[0] == ("0.png", SINCE, True), "what is wrong now is more than what was"
    for ref in refs:
        with pytest.raises(Conflict, match=ref.name):
            noted.check(ref)


def test_what_was_not_read_is_not_judged(refs, tmp_path, monkeypatch):
    os.remove(refs[0].path)
    row = ImageRef("a[0]", str(tmp_path / "a.npz"), "a", 0)
    there = ImageRef("far.png", "s3://bucket/far.png")
    noted = Contents()
    assert noted.note([*refs, row, there]).count("") == 3
    assert told(noted) == []
    for ref in (refs[0], row, there, None):
        noted.check(ref)
    monkeypatch.setattr(contents, "MOST_BYTES", os.path.getsize(refs[1].path))
    first = noted.note(refs[1:])
    assert first[0] and not first[1], "no more than so many bytes are read"
    picture(refs[2].path, 230)
    assert told(noted) == []
    monkeypatch.setattr(contents, "MOST", 1)
    assert noted.note(refs) == [] and told(noted) == []


@pytest.fixture(scope="module", autouse=True)
def lent_workers(session):
    with workers_lent_by(session):
        yield


@pytest.fixture
def folder(tmp_path, sample_datasets):
    collection = sample_datasets["digits"].collection
    (tmp_path / "images").mkdir()
    for index in range(3):
        shutil.copy(collection.ref(index).path, tmp_path / "images" / f"{index}.png")
    return tmp_path


def exchange(folder):
    """The first picture takes the place of the last."""
    shutil.copy(folder / "images" / "0.png", folder / "images" / "2.png")


def answers(session, id):
    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return lambda path="", **query: client.get(f"/api/v1/explanations/{id}{path}", query_string=query)


def test_a_heatmap_is_not_drawn_over_a_picture_that_took_the_place_of_its_own(folder):
    with Session(folder / "workspace") as first:
        model, images = first.add_model(SAMPLES / "digits_mlp.keras"), first.add_dataset(folder / "images")
        run = first.explain(model, images, "gradient")
        ask = answers(first, run.id)
        assert run.replaced == () and ask().json["replaced"] == []
        exchange(folder)
        (said,) = ask().json["replaced"]
        assert said == {"name": "2.png", "reason": SINCE, "stale": True}
        drawn, refused = (ask(f"/maps/{model.id}/{index}.png") for index in (0, 2))
        assert drawn.status_code == 200 and refused.status_code == 409
        assert "2.png" in refused.json["error"]["message"] and refused.json["error"]["hint"]
        run[model].overlay(0)
        with pytest.raises(Conflict, match="2.png was replaced"):
            run[model].overlay(2)
        report = ask("/report.html").text
        assert report.count("2.png was replaced") == 1, "the other heatmaps are in it"
        (again,) = (first.explain(model, images, "gradient"),)
        assert again.replaced == () and not np.array_equal(again[model].maps[2], run[model].maps[2])
        again[model].overlay(2)


def test_a_run_that_is_opened_again_says_so_each_time(folder):
    with Session(folder / "workspace") as first:
        asked = first.add_model(SAMPLES / "digits_mlp.keras"), first.add_dataset(folder / "images")
        run = first.explain(*asked, "gradient")
        id, noted = run.id, first.history.get(run.id)["contents"]
        first.save(folder / "session.json")
    exchange(folder)
    for _ in range(2):
        with Session(folder / "workspace") as second:
            run = second.run(id)
            run.job.wait()
            assert [(one.name, one.reason) for one in run.replaced] == [("2.png", BEFORE)]
            assert second.history.get(id)["contents"] == noted
            run[run.models[0]].overlay(2)
    with Session() as third:
        assert third.restore(folder / "session.json") == [] and third.history.get(id)["contents"] == noted
        assert third.restore(folder / "session.json") == [] and len(third.history.all()) == 1


def test_a_file_is_read_once_for_its_maps_and_its_record_and_not_for_its_thumbnail(folder, monkeypatch):
    read = []
    hashed = contents.content_hashes
    monkeypatch.setattr(contents, "content_hashes", lambda refs: read.extend(refs) or hashed(refs))
    with Session(folder / "workspace") as session:
        model, images = session.add_model(SAMPLES / "digits_mlp.keras"), session.add_dataset(folder / "images")
        session.pictures.thumbnail(images[0], 32)
        assert read == []
        session.explain(model, images, "gradient")
        assert len(read) == len(images) == 3


def with_its_date(path, content):
    """Other bytes of the same number under the same date, as unpacking an archive with one date for all gives them."""
    state = path.stat()
    assert len(content) == state.st_size and content != path.read_bytes()
    path.write_bytes(content)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


@pytest.mark.parametrize("kind", ["picture", "array", "packed"])
def test_a_picture_of_the_same_size_and_date_has_a_heatmap_of_its_own(tmp_path, sample_datasets, kind):
    two = [np.asarray(Image.open(sample_datasets["digits"].collection.ref(row).path)) for row in (3, 700)]
    path = tmp_path / "images" / "a"
    path.parent.mkdir()

    def content(pixels):
        file = io.BytesIO()
        if kind == "picture":
            Image.fromarray(pixels).save(file, "bmp")
        elif kind == "array":
            np.save(file, pixels[None, ..., None])
        else:
            np.savez(file, x=pixels[None, ..., None])
        return file.getvalue()

    path = path.with_suffix({"picture": ".bmp", "array": ".npy", "packed": ".npz"}[kind])
    place, maps = path.parent if kind == "picture" else path, []
    path.write_bytes(content(two[0]))
    with Session(tmp_path / "workspace") as first:
        model, images = first.add_model(SAMPLES / "digits_mlp.keras"), first.add_dataset(place)
        id = first.explain(model, images, "gradient").id
        with_its_date(path, content(two[1]))
        maps.append(first.explain(model, images, "gradient")[model].maps)
        with_its_date(path, content(two[0]))
        maps.append(first.explain(model, images, "gradient")[model].maps)
    with_its_date(path, content(two[1]))
    with Session(tmp_path / "workspace") as second:
        run = second.run(id)
        run.job.wait()
        assert [one.reason for one in run.replaced] == ([BEFORE] if kind == "picture" else [])
        maps.append(run[run.models[0]].maps)
    with Session() as third:
        model, images = third.add_model(SAMPLES / "digits_mlp.keras"), third.add_dataset(place)
        true = third.explain(model, images, "gradient")[model].maps
    assert [np.array_equal(one, true) for one in maps] == [True, False, True]
