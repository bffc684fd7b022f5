"""All resources of the REST interface: importing this puts their routes below the blueprint."""

from innv_gui.web.api import analyzers, basket, history, image_lists, jobs, manual, patterns, rankings
from innv_gui.web.api.blueprint import api
from innv_gui.web.api.datasets import routes as datasets
from innv_gui.web.api.explanations import agreement, exports
from innv_gui.web.api.explanations import routes as explanations
from innv_gui.web.api.explorations import routes as explorations
from innv_gui.web.api.explorations import table_routes as explored_tables
from innv_gui.web.api.features import routes as features
from innv_gui.web.api.models import probes
from innv_gui.web.api.models import routes as models
from innv_gui.web.api.retrainings import routes as retrainings
from innv_gui.web.api.suggestions import routes as suggestions
from innv_gui.web.api.trust import routes as trust
from innv_gui.web.api.views import routes as views
from innv_gui.web.api.workshop import files as workshop_files
from innv_gui.web.api.workshop import routes as workshop

RESOURCES = (
    agreement,
    analyzers,
    basket,
    datasets,
    explanations,
    explorations,
    explored_tables,
    exports,
    features,
    history,
    image_lists,
    jobs,
    manual,
    models,
    patterns,
    probes,
    rankings,
    retrainings,
    suggestions,
    trust,
    views,
    workshop,
    workshop_files,
)

__all__ = ["RESOURCES", "api"]
