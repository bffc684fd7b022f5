"""Options of `innv-gui train-shapes`."""

from __future__ import annotations

import argparse

CLASSES = "a tile (vertical_line, disk, noise, ...), or NAME=PICTURES: an image file, a folder or an array file"
MODEL = "mlp, cnn, or a Keras file that takes 28 x 28 grey pictures (default mlp)"


def add_shape_options(command: argparse.ArgumentParser) -> None:
    """All but where the work is done."""
    command.add_argument("classes", nargs="+", metavar="CLASS", help=CLASSES)
    command.add_argument("--model", default="mlp", metavar="M", help=MODEL)
    command.add_argument("--initial", default="black", metavar="I", help="black, white, noise or blurred")
    command.add_argument("--step-size", type=float, default=0.005, metavar="S", help="step size (default 0.005)")
    command.add_argument("--epochs", type=int, default=100, metavar="N", help="1 to 10000 (default 100)")
    command.add_argument(
        "--seed", type=int, default=0, metavar="N", help="same seed, same numbers on one machine (default 0)"
    )
    command.add_argument(
        "--seeds", type=int, default=1, metavar="N", help="train this many networks, with seeds counting up from --seed"
    )
    command.add_argument("--out", required=True, metavar="rows.csv", help=".csv file, or a new folder for all files")
