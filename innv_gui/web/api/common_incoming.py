"""What comes in at more than one resource. The OpenAPI document is generated from these."""

from __future__ import annotations

from pydantic import Field

from innv_gui.web.api.route import Incoming

Id = Field(min_length=1, max_length=64)
Index = Field(ge=0, lt=2**31)
INDICES = r"^[0-9]{1,9}(,[0-9]{1,9})*$"
MOST_INDICES = 100_000


class ParamsCheck(Incoming):
    """Parameters to check, by name."""

    params: dict = Field(default_factory=dict)
