"""The built-in methods, one module per family. Whatever declares an Analyzer here is offered everywhere."""
