"""Run all measurements, print them, store them. Every claim is a ratio or an aim of the same run."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

from bench import attribution, maximize, methods, server

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    """Measure, print, store."""
    results = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    results["server"] = server.measure()
    _print_server(results["server"])
    results["methods"] = methods.measure()
    _print_methods(results["methods"])
    results["attribution"] = attribution.measure()
    _print_attribution(results["attribution"])
    results["maximize"] = maximize.measure()
    _print_maximize(results["maximize"])
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nStored in {RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS}")


def _print_maximize(row: dict) -> None:
    what = f"{row['classes']} classes of {row['model']} as one batch / one by one, {row['iterations']} steps"
    print(f"\nActivation maximization\n  {what}: {row['ratio']:.2f} of {row['limit']:.1f}")


def _print_server(rows: list[dict]) -> None:
    print(f"{'what':<58}{'seconds':>9}{'aim':>7}{'ratio':>7}")
    for row in rows:
        print(f"{row['what']:<58}{row['seconds']:>9.3f}{row['aim']:>7.2f}{row['seconds'] / row['aim']:>7.2f}")


def _print_methods(result: dict) -> None:
    print(f"\niNNvestigate on {result['model']}, batch {result['batch']}: time of a batch / plain forward pass")
    print(f"{'method':<34}{'first map s':>12}{'x forward':>11}")
    for row in result["rows"]:
        ratio = f"{row['ratio']:>11.1f}" if row["ratio"] is not None else f"{'refused':>11}"
        print(f"{row['analyzer']:<34}{row['first_seconds']:>12.2f}{ratio}")


def _print_attribution(networks: list[dict]) -> None:
    print("\nNative engine: time of a batch / plain compiled forward pass (averaging methods: per copy)")
    for network in networks:
        print(f"{network['network']}, batch {network['batch']}, peak {network['peak_gib']:.1f} GiB")
        for row in network["rows"]:
            print(f"  {row['analyzer']:<32}{row['first_seconds']:>8.2f} s{row['ratio']:>8.2f} of {row['limit']:.1f}")


if __name__ == "__main__":
    main()
