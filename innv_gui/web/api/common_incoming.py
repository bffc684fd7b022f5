"""What comes in at more than one resource. The OpenAPI document is generated from these."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field

from innv_gui.web.api.route import Incoming

Id = Field(min_length=1, max_length=64)
Index = Field(ge=0, lt=2**31)
INDICES = r"^[0-9]{1,9}(,[0-9]{1,9})*$"
MOST_INDICES = 100_000


def by_index(given: Any) -> Any:
    """A table by image with indices as numbers: the names of a JSON object are texts. Others are names of images."""
    if not isinstance(given, dict):
        return given
    return {int(image) if re.fullmatch("0|[1-9][0-9]{0,8}", image) else image: one for image, one in given.items()}


class ParamsCheck(Incoming):
    """Parameters to check, by name."""

    params: dict = Field(default_factory=dict)
