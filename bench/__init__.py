"""Measurements: `make bench` runs all of them in one run, prints them and stores bench/results.json."""
