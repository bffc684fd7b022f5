"""For the tests of a plug-in: does a method keep what its declaration promises?

    from innv_gui.testing import check_analyzer

    def test_it_keeps_the_contract():
        check_analyzer(HSIC)

Nothing has to be installed or started: the method runs in this process, on small networks made here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np

from innv_gui.analyzers.acceptance import accept
from innv_gui.analyzers.declaration import Analyzer, Targets
from innv_gui.analyzers.form import describe, form_fields
from innv_gui.analyzers.registry import complete
from innv_gui.errors import BadInput
from innv_gui.runtimes.keras.trial import TRIED, Trial, trials


def check_analyzer(analyzer: Analyzer, params: dict[str, Any] | None = None) -> None:
    """Raises AssertionError with one sentence where the declaration or the code behind it does not hold.

    params: settings that make it quick; defaults for the rest. Checked: the declaration can be offered; settings refuse
    what they should; maps are finite, of the right shape and the same each time, for one class, another class, several
    images at once and a neuron; a picture's map does not depend on the others beside it.
    """
    _check_declaration(analyzer)
    chosen = complete(analyzer, params)
    for trial in trials(by_class=analyzer.targets == Targets.CAM):
        _check_maps(analyzer, trial, chosen)


def _check_declaration(analyzer: Analyzer) -> None:
    try:
        accept(analyzer, TRIED)
    except BadInput as error:
        raise AssertionError(str(error)) from None
    assert complete(analyzer, {}) == complete(analyzer, complete(analyzer, {})), (
        "The defaults are not kept as they are."
    )
    json.dumps(describe(analyzer), allow_nan=False)
    for field in form_fields(analyzer.params):
        _refuses(analyzer, field["name"], "no such value")
        if field["kind"] in ("number", "integer"):
            _refuses(analyzer, field["name"], True)
    _refuses(analyzer, "no_such_setting", 1)


def _refuses(analyzer: Analyzer, setting: str, value: object) -> None:
    try:
        complete(analyzer, {setting: value})
    except BadInput as error:
        assert error.field == f"params.{setting}", f"{setting} = {value!r} is refused as {error.field}."
    else:
        raise AssertionError(f"{setting} = {value!r} is accepted.")


def _check_maps(analyzer: Analyzer, trial: Trial, params: dict[str, Any]) -> None:
    """One network and target."""
    where = f"{analyzer.name}, {trial.name}"
    maps = trial.maps(analyzer, params)
    assert np.isfinite(maps).all(), f"{where}: a value is not finite."
    if not analyzer.signed:
        assert (maps >= 0).all() or analyzer.display.kind != "cam", f"{where}: an unsigned map has negative values."
    again = trial.maps(analyzer, params)
    np.testing.assert_array_equal(again, maps, f"{where}: the same question gets a different answer; fix the seed.")
    alone = replace(trial, x=trial.x[1:2], targets=trial.targets[1:2]).maps(analyzer, params)
    np.testing.assert_allclose(
        alone, maps[1:2], rtol=1e-3, atol=1e-4 * (np.abs(maps).max() or 1), err_msg=f"{where}: depends on the batch."
    )
