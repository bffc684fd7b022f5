"""Options of `innv-gui retrain`."""

from __future__ import annotations

import argparse

BOX = "left,top,right,bottom as fractions of the image, painted out in every image; may be given several times"
MASKS = "a folder with one mask per image, bright where it is painted out; or samples: the sky of the weather set"


def add_retrain_options(command: argparse.ArgumentParser) -> None:
    """What is painted out, and how to train; what is not given is recommended for the model."""
    command.add_argument("--box", action="append", default=[], metavar="L,T,R,B", help=BOX)
    command.add_argument("--masks", metavar="DIR", help=MASKS)
    command.add_argument("--way", metavar="W", help="filling, penalty or both (the default)")
    command.add_argument("--fill", metavar="F", help="pictures (the default), noise or colour")
    for name, kind, words in (
        ("steps", int, "training steps of 32 images each (default 1500); 0 only measures the model and writes no file"),
        ("learning-rate", float, "Adam's learning rate at the first step (default 0.002; 0.0005 for kept weights)"),
        ("strength", float, "strength of the penalty; 1 costs as much as knowing no class (default 0.1)"),
        ("forget", float, "0 keeps the weights, 1 begins with fresh ones (default: what suits the model)"),
        ("seed", int, "the same seed gives the same numbers on one machine (default 0)"),
    ):
        command.add_argument(f"--{name}", type=kind, metavar="N", help=words)
    command.add_argument("--out", required=True, metavar="new.keras", help="the new model")
