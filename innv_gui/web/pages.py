"""The pages. They are almost empty: each is filled from REST by its module in static/js."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, make_response, redirect, render_template, request, send_file, send_from_directory

from innv_gui import analyzers
from innv_gui.analyzers import maximize
from innv_gui.errors import NotFound
from innv_gui.folders import folder
from innv_gui.plots.bokeh_files import SCRIPTS, VERSION, scripts_folder
from innv_gui.session.extensions import unusable
from innv_gui.web import documents, manual, static_files
from innv_gui.web.api.suggestions.answers import prepare_plots
from innv_gui.web.programs import is_program, program
from innv_gui.web.security import PLOT_POLICY
from innv_gui.web.stylesheets import joined

pages = Blueprint("pages", __name__)


@pages.get("/")
def home():
    """The main job."""
    return redirect("/visualize")


@pages.get("/visualize")
def visualize():
    """Explain images under one or many models."""
    return render_template("visualize.html", page="visualize")


@pages.get("/models")
def models():
    """Add models and look into them."""
    return render_template("models.html", page="models")


@pages.get("/images")
def images():
    """Open datasets and choose images."""
    return render_template("images.html", page="images")


@pages.get("/suggest")
def suggest():
    """Which images are worth a look: plots, lists, gallery."""
    prepare_plots()
    page = make_response(render_template("suggest.html", page="suggest", bokeh=VERSION))
    page.headers["Content-Security-Policy"] = PLOT_POLICY
    return page


@pages.get("/explore")
def explore():
    """A whole dataset at once: maps, confusion, one table, all linked by one selection."""
    return render_template("explore.html", page="explore")


@pages.get("/views")
def views():
    """Tables, images and plots of a selection, built in or a plug-in's."""
    page = make_response(render_template("views.html", page="views", bokeh=VERSION))
    page.headers["Content-Security-Policy"] = PLOT_POLICY
    return page


@pages.get("/bokeh/<version>/<name>")
def bokeh_script(version: str, name: str):
    """Bokeh's own script, as the installed package has it; the version in the address lets the browser keep it."""
    if name not in SCRIPTS or version != VERSION:
        raise NotFound("There is no such script.", "Load the page again.")
    return send_from_directory(scripts_folder(), name, mimetype="text/javascript", max_age=static_files.KEEP_S)


@pages.get("/static/<version>/<path:name>")
def static_file(version: str, name: str):
    """A file of the pages; `version` is only for the browser, which keeps what it has under this address.

    The module a page starts with comes with all that it imports; stylesheets are joined where their address says so.
    """
    if is_program(name):
        return _made(program(name.removeprefix("js/"), static_files.version()), "text/javascript")
    if (sheets := joined(name)) is not None:
        return _made(sheets, "text/css")
    return send_from_directory(folder("static"), name, max_age=static_files.KEEP_S)


def _made(text: str, kind: str):
    return send_file(BytesIO(text.encode()), mimetype=kind, max_age=static_files.KEEP_S)


@pages.get("/features")
def features():
    """See what classes, neurons and channels have learned."""
    return render_template("features.html", page="features")


@pages.get("/workshop")
def workshop():
    """Train a small network on shapes, see what it learned, say where it should not look; or retrain a custom model."""
    if request.args.get("mode") == "own":
        return render_template("workshop-own.html", page="workshop", room="workshop/own")
    return render_template("workshop.html", page="workshop")


@pages.get("/help")
def help_page():
    """How to do whole jobs, the glossary, and all methods."""
    families = dict.fromkeys(method.family for method in analyzers.all())
    return render_template(
        "help.html",
        page="help",
        guides=documents.guides(),
        documents=documents.others(),
        terms=manual.glossary(),
        families=families,
        methods=analyzers.all(),
        presets=maximize.PRESETS.values(),
        unusable=unusable(),
    )


@pages.get("/help/methods/<name>")
def method(name: str):
    """What one method computes, what it ignores, and when it misleads."""
    return render_template("method.html", page="help", entry=manual.entry(name))


@pages.get("/help/docs/<path:name>")
def document(name: str):
    """A document of docs/ as a page."""
    return render_template("document.html", page="help", document=documents.document(name))


@pages.get("/favicon.ico")
def favicon():
    """The mark in the browser's tab."""
    return send_from_directory(folder("static"), "favicon.svg", mimetype="image/svg+xml")
