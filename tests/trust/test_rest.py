"""Measured explanations over REST, and by the command line in this process."""

import contextlib
import csv
import io

import pytest
from PIL import Image

from innv_gui import cli
from innv_gui.commands import trust as command
from innv_gui.errors import BadInput


@pytest.fixture(scope="module")
def asked(sample_models, sample_datasets):
    return {
        "models": [sample_models["digits_cnn"].id],
        "dataset": sample_datasets["digits"].id,
        "images": [3, 400, 800],
        "methods": ["gradient", {"analyzer": "lrp.epsilon", "params": {"epsilon": 0.1}}],
        "regions": {"400": [[0.1, 0.1, 0.9, 0.9]]},
    }


@pytest.fixture(scope="module")
def table(client, session, asked):
    answer = client.post("/api/v1/trust", json=asked)
    assert answer.status_code == 202, answer.json
    id = answer.json["trust"]["id"]
    session.trusts.get(id).job.wait()
    return client.get(f"/api/v1/trust/{id}").json


def test_the_table_is_complete(table, asked):
    assert table["status"] == "done"
    assert [row["name"] for row in table["rows"] if not row["control"]] == ["gradient", "lrp.epsilon"]
    (model,) = table["models"]
    assert model["preprocessing"]["mode"] == "unit" and model["output_kind"] == "softmax"
    assert set(model["cells"]) == {metric["name"] for metric in table["metrics"]}
    cell = model["cells"]["difference"]["lrp.epsilon"]
    assert cell["n"] == 3
    assert cell["low"] <= cell["mean"] <= cell["high"]
    assert model["cells"]["region_mass"]["gradient"]["n"] == 1
    assert model["cells"]["region_mass"]["gradient"]["low"] is None  # one image has no interval
    assert model["best_control"]["sanity"] is None
    assert model["advice"]["sentence"]


def test_what_is_kept_costs_nothing(client, table, asked):
    cost = client.post("/api/v1/trust/cost", json=asked).json
    assert cost["kept"] == cost["passes"] > 0
    more = client.post("/api/v1/trust/cost", json={**asked, "steps": 50}).json
    assert more["kept"] == 0 and more["passes"] > cost["passes"]


def test_one_fill_alone_is_another_table(client, table):
    model = table["models"][0]["id"]
    blur, mean = (client.get(f"/api/v1/trust/{table['id']}?fill={fill}").json for fill in ("blur", "mean"))
    means = [one["models"][0]["cells"]["deletion"]["gradient"]["mean"] for one in (blur, mean, table)]
    assert means[2] == pytest.approx(sum(means[:2]) / 2)
    assert client.get(f"/api/v1/trust/{table['id']}?fill=grey").status_code == 400
    row = client.get(f"/api/v1/trust/{table['id']}/row?model={model}&method=gradient&fill=mean").json
    assert len(row["shares"]) == len(row["curves"]["deletion"]["gradient"]["mean"]) == 11
    assert {image["index"] for image in row["images"]} == {3, 400, 800}


@pytest.mark.parametrize("method", ["lrp.epsilon", "control:centre"])
def test_pictures_are_served(client, table, method):
    where = f"/api/v1/trust/{table['id']}"
    model = table["models"][0]["id"]
    answer = client.get(f"{where}/replaced/400.png?model={model}&method={method}&share=0.5&fill=mean")
    assert Image.open(io.BytesIO(answer.data)).size == (32, 32)
    answer = client.get(f"{where}/maps/400.png?model={model}&method={method}&stage=3")
    if method.startswith("control"):
        assert answer.status_code == 404
    else:
        assert Image.open(io.BytesIO(answer.data)).size[0] == 192


def test_tables_and_report_leave_as_files(client, table):
    where = f"/api/v1/trust/{table['id']}"
    rows = list(csv.DictReader(io.StringIO(client.get(f"{where}/table.csv").text)))
    assert {row["metric"] for row in rows} >= {"difference", "sanity"}
    numbers = list(csv.DictReader(io.StringIO(client.get(f"{where}/table.csv?numbers=true").text)))
    assert {row["image"] for row in numbers} == {"3", "400", "800"}
    page = client.get(f"{where}/report.html")
    assert "attachment" in page.headers["Content-Disposition"]
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"methods": ["nix"]}, 400, "analyzer"),
        ({"methods": [{"analyzer": "lrp.epsilon", "params": {"epsilon": "much"}}]}, 400, "params.epsilon"),
        ({"metrics": ["nix"]}, 400, "metrics"),
        ({"fills": ["pink"]}, 400, "fills"),
        ({"steps": 3}, 400, "steps"),
        ({"images": [99_999]}, 404, "image"),
        ({"images": []}, 400, "images"),
        ({"models": ["m99"]}, 404, "model"),
        ({"regions": {"7": [[0, 0, 1, 1]]}}, 400, "regions"),
        ({"regions": {"400": [[0, 0, 2, 1]]}}, 400, "regions"),
        ({"regions": {"400": [[0, 0, 1]]}}, 400, "regions"),
        ({"regions": {"<b>": [[0, 0, 1, 1]]}}, 400, "regions"),
        ({"regions": {"4" * 5000: [[0, 0, 1, 1]]}}, 400, "regions"),
        ({"regions": {"400": [[0, 0, 1, 1]], "0400": [[0, 0, 0.5, 1]]}}, 400, "regions"),
    ],
)
def test_bad_requests_name_their_field(client, asked, change, status, field):
    answer = client.post("/api/v1/trust", json={**asked, **change})
    assert answer.status_code == status, answer.json
    assert field in (answer.json["error"]["field"] or "")


def test_what_is_not_there_is_404(client, table):
    model = table["models"][0]["id"]
    for path in (
        "t-none",
        f"{table['id']}/row?model=m99&method=gradient",
        f"{table['id']}/replaced/7.png?model={model}&method=gradient",
        f"{table['id']}/maps/400.png?model={model}&method=gradient&stage=7",
    ):
        assert client.get(f"/api/v1/trust/{path}").status_code == 404, path
    assert client.get(f"/api/v1/trust/{table['id']}/row?model={model}&method=nix").status_code == 400


def test_metrics_are_listed_as_declared(client):
    found = client.get("/api/v1/metrics").json
    assert {one["name"] for one in found["controls"]} == {"control:random", "control:edges", "control:centre"}
    assert all(metric["definition"] and metric["source"] for metric in found["metrics"])
    assert found["shortlist"]


# -- the command


def options(*more):
    return cli.parser().parse_args(["trust", "--model", "m.keras", "--images", "pictures", *more])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--out", "table.txt"], "neither .csv nor .html"),
        (["--out", "no/such/folder/table.csv"], "does not exist"),
        (["--out", "t.csv", "--method", "nix"], "nix"),
        (["--out", "t.csv", "--method", "lrp.epsilon:0.1"], "NAME:SETTING=VALUE"),
        (["--out", "t.csv", "--method", "lrp.epsilon:epsilon=-1"], "epsilon"),
        (["--out", "t.csv", "--metric", "nix"], "Unknown metric"),
        (["--out", "t.csv", "--metric", "pointing"], "needs a region"),
    ],
)
def test_the_command_refuses_before_it_starts_anything(given, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "session_of", lambda options: pytest.fail("a session was begun"))
    with pytest.raises(BadInput, match=words):
        command.trust(options(*given))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("most", ["0", "-1", "x", "1.5"])
def test_a_count_has_to_be_a_whole_number(most):
    with pytest.raises(BadInput, match="whole number"):
        options("--out", "t.csv", "--most", most)


@pytest.mark.parametrize(("n", "most"), [(5, 16), (400, 16), (17, 16), (400, 1)])
def test_images_are_taken_evenly(n, most):
    found = command._spread(n, most)
    assert len(found) == len(set(found)) == min(n, most)
    assert found[0] == 0 and found[-1] < n
    assert most == 1 or found[-1] == n - 1


@pytest.fixture
def borrowed(session, sample_models, sample_datasets, monkeypatch):
    """The command with the session of all tests in place of one of its own."""
    monkeypatch.setattr(command, "session_of", lambda options: contextlib.nullcontext(session))
    monkeypatch.setattr(command, "add_models", lambda session, options: [sample_models["digits_cnn"]])
    monkeypatch.setattr(session, "add_dataset", lambda path: sample_datasets["digits"])


def test_the_command_writes_table_numbers_and_a_sentence(borrowed, tmp_path, capsys):
    given = ["--method", "gradient", "--method", "lrp.epsilon:epsilon=0.1", "--most", "3", "--metric", "difference"]
    files = ["--out", str(tmp_path / "trust.html"), "--numbers", str(tmp_path / "numbers.csv")]
    assert command.trust(options(*given, *files)) == 0
    told = capsys.readouterr()
    assert "forward passes for 3 images" in told.err
    assert "2 methods" in told.out
    assert (tmp_path / "trust.html").read_text().endswith("</html>")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "numbers.csv").read_text())))
    assert {row["method"] for row in rows if row["control"] == "False"} == {"gradient", "lrp.epsilon"}
