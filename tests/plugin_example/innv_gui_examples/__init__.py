"""Methods that are not part of innv-gui."""
