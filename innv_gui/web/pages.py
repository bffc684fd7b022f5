"""The pages. They are almost empty: each is filled from REST by its module in static/js."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, send_from_directory

from innv_gui.folders import folder

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


@pages.get("/features")
def features():
    """See what classes, neurons and channels have learned."""
    return render_template("features.html", page="features")


@pages.get("/favicon.ico")
def favicon():
    """The mark in the browser's tab."""
    return send_from_directory(folder("static"), "favicon.svg", mimetype="image/svg+xml")
