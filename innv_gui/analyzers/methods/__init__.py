"""The built-in methods, a module a family. Whatever declares an Analyzer here is offered everywhere."""
