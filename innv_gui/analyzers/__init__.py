"""What can be computed: one small declaration a method. Nothing here computes."""

from innv_gui.analyzers.declaration import Analyzer
from innv_gui.analyzers.form import describe
from innv_gui.analyzers.registry import all, check, cost, get, origin
from innv_gui.analyzers.targets import usable_layers

__all__ = ["Analyzer", "all", "check", "cost", "describe", "get", "origin", "usable_layers"]
