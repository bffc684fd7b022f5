"""Jobs, the start state, and the API's own description."""

from __future__ import annotations

from flask import current_app

from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.openapi import document
from innv_gui.web.api.route import route


@route(api, "GET", "/jobs")
def list_jobs():
    """All jobs of this session, newest first."""
    return {"jobs": [job.as_json() for job in session().jobs.all()]}


@route(api, "GET", "/jobs/<id>")
def get_job(id: str):
    """How far a job is."""
    return session().jobs.get(id).as_json()


@route(api, "DELETE", "/jobs/<id>")
def cancel_job(id: str):
    """Cancel a job: its status says so at once, what is finished is kept."""
    job = session().jobs.get(id)
    job.cancel()
    return job.as_json()


@route(api, "GET", "/start")
def get_start():
    """What the pages open with when the address says nothing: the demo's story, or nothing."""
    return current_app.config["START"]()


@route(api, "GET", "/openapi.json")
def get_openapi():
    """This document."""
    return document()
