"""The version of innv-gui, where everything may read it."""

VERSION = "0.1.0"
