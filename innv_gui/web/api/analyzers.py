"""The methods and their parameters."""

from __future__ import annotations

from innv_gui import analyzers
from innv_gui.plots.colormaps import TABLES
from innv_gui.session.extensions import unusable
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.common_incoming import ParamsCheck
from innv_gui.web.api.route import route


@route(api, "GET", "/analyzers")
def list_analyzers():
    """All methods with their parameters, as declared, and plug-ins that cannot be used."""
    return {
        "analyzers": [_analyzer(analyzer) for analyzer in analyzers.all()],
        "refused": [{"name": one.name, "from": one.origin.name, "reason": one.reason} for one in unusable()],
    }


def _analyzer(analyzer: analyzers.Analyzer) -> dict:
    return analyzers.describe(analyzer) | {"from": analyzers.origin(analyzer.name).added_by}


@route(api, "POST", "/analyzers/<name>/check", body=ParamsCheck)
def check_params(name: str, body: ParamsCheck):
    """Check parameters without running anything; the answer is the complete set, and the forward passes a map costs."""
    params = analyzers.check(name, body.params)
    session().warm_up_for(name)  # a person has chosen this method: its worker will be needed
    return {"params": params, "passes": analyzers.cost(name, params)}


@route(api, "GET", "/colormaps")
def list_colormaps():
    """Colour maps as 256 colours each."""
    return {name: table.tolist() for name, table in TABLES.items()}
