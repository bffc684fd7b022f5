"""Run all measurements, or the parts that are named, print them, store them.

Every claim is a ratio or an aim within one part: both sides are measured in the same run.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

from bench import (
    attribution,
    explore,
    groups,
    maximize,
    methods,
    million_map,
    million_page,
    page,
    scoring,
    server,
    suggest,
    trust,
    workshop,
)

RESULTS = Path(__file__).with_name("results.json")


def main(chosen: list[str]) -> None:
    """Measure the chosen parts, or all; print, store. A part that is not measured keeps its earlier figures."""
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"There is no part {unknown[0]!r}. Expected some of {', '.join(PARTS)}, or nothing for all.")
    results = json.loads(RESULTS.read_text()) if chosen and RESULTS.exists() else {}
    results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    for name in chosen or PARTS:
        module, tell = PARTS[name]
        results[name] = module.measure()
        tell(results[name])
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nStored in {RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS}")


def _print_maximize(row: dict) -> None:
    what = f"{row['classes']} classes of {row['model']} as one batch / one by one, {row['iterations']} steps"
    print(f"\nActivation maximization\n  {what}: {row['ratio']:.2f} of {row['limit']:.1f}")


def _print_million(result: dict) -> None:
    if "skipped" in result:
        print(f"\nA million images on the page: skipped. {result['skipped']}")
        return
    print(f"\n{result['images']:,} images x 3 models on the page, in Chromium")
    for row in result["rows"]:
        print(f"  {row['what']:<8}{row['seconds']:>7.2f} s of {row['aim']:.1f}")
    print(f"  memory of the web process at most {result['memory_gib']:.2f} GiB, aim {million_page.MEMORY_GIB:.1f}")


def _print_explore(result: dict) -> None:
    print(f"\n{result['images']:,} images on Explore, the server's side")
    for name, seconds in result["table"]["seconds"].items():
        aim = explore.AIMS_S[name.split()[0]]
        print(f"  {name:<24}{seconds:>7.2f} s of {aim:.1f}")
    print(f"  memory of the server at most {result['table']['memory_gib']:.2f} GiB, aim {explore.MEMORY_GIB:.1f}")
    for name, value in result["maps"].items():
        print(f"  {name:<40}{value:>8.2f}")
    _print_drawing(result["drawing"])


def _print_drawing(result: dict) -> None:
    if "skipped" in result:
        print(f"  drawn in Chromium: skipped. {result['skipped']}")
        return
    card, cells = result["card"], result["cells"]
    print(f"  drawn by {card['kind']} / by cells, of the same points in Chromium")
    print(f"    first frame {card['first']:.2f} / {cells['first']:.2f} s (aim {million_map.CELLS_FIRST_S})")
    print(f"    redraw {card['redraw']:.3f} / {cells['redraw']:.3f} s")
    print(f"    lasso / redraw {card['lasso'] / card['redraw']:.2f} (aim 0.5)")
    print(f"    hover {card['hover_ms']:.2f} ms (aim {million_map.HOVER_MS})")


def _print_page(result: dict) -> None:
    print("\nThe page, methods x models")
    if "skipped" in result:
        print(f"  not measured: {result['skipped']}")
        return
    grid = f"{result['models']} models x {result['methods']} methods x {result['images']} images"
    first = f"first cell {result['first_cell_seconds']:.2f} s of {page.FIRST_CELL_S:.0f}"
    print(f"  {grid}: {first}, all {result['all_seconds']:.1f} s, in {result['moments']} portions")
    for what, task_ms in result["longest_task_ms"].items():
        print(f"  longest task while {what}: {task_ms:.0f} ms of {page.LONG_TASK_MS}")


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


def _print_attribution(result: dict) -> None:
    print("\nNative engine: time of a batch / plain compiled forward pass (averaging methods, 32 copies: per copy);")
    print("first map / first forward pass, tracing included in both")
    for network in result["networks"]:
        first = network["first_forward_seconds"]
        print(f"{network['network']}, batch {network['batch']}, first forward pass {first:.2f} s")
        for row in network["rows"]:
            ratio = f"{row['ratio']:>8.2f} of {row['limit']:.1f}"
            cold = f"{row['cold_ratio']:>7.1f} of {attribution.COLD_LIMIT:.0f}"
            print(f"  {row['analyzer']:<32}{ratio}{row['first_seconds']:>9.2f} s{cold}")
    memory, reference = result["memory"], result["reference"]
    peak = max(memory["peaks_gib"].values())
    print(f"Eight methods on {memory['network']}: peak {peak:.2f} GiB of {memory['limit_gib']:.1f}")
    network, method = attribution.REFERENCE
    print(f"{method} on {network}: iNNvestigate {_ratio(reference)}, {reference['peak_gib']:.1f} GiB; ours", end=" ")
    print(_ratio(reference["ours"]))


def _ratio(row: dict) -> str:
    return f"{row['ratio']:.2f} forward passes (first map {row['first_seconds']:.1f} s)"


def _print_groups(result: dict) -> None:
    print(f"\n{result['network']}, batch {result['batch']}: one group per channel; time / Keras' own forward pass")
    for name, ratio in result["ratios"].items():
        print(f"  {name:<32}{ratio:>8.2f}")


def _print_loop(result: dict) -> None:
    if "skipped" in result:
        print(f"  against a tf.data loop: skipped. {result['skipped']}")
        return
    for row in result["rows"]:
        what = f"  {result['photos']} photos, {row['models']} x EfficientNet-Lite, with features and thumbnails"
        print(f"{what}: {row['rate']:.1f}; a tf.data loop: {row['loop']:.1f}; {row['ratio']:.2f} x (aim {row['aim']})")


def _print_scoring(result: dict) -> None:
    print("\nScoring, images a second")
    for row in result["photos"]:
        alone = ", ".join(f"{rate:.0f}" for rate in row["alone"])
        print(
            f"  photos, {row['models']} x MobileNetV2: {row['rate']:.0f}; decoding and predicting alone: {alone};",
            end=" ",
        )
        print(f"{row['ratio']:.2f} of what sharing the cores allows (aim {scoring.AIM_RATIO})")
    small = result["small"]
    print(f"  digits_cnn: {small['rate']:.0f}; one at a time: {small['loop']:.0f}; {small['times']:.1f} x (aim 5)")
    for row in result["memory"]:
        peaks = f"server {row['web_mib']:.0f} MiB, worker {row['worker_mib']:.0f} MiB"
        print(f"  {row['rows']:,} arrays: {row['rate']:.0f}; peak: {peaks}")
    _print_loop(result["loop"])
    bad = result["bad"]
    print(f"  of 10,000 files, 1,000 bad: {bad['scored']:,} scored, {bad['listed']:,} listed, again: {bad['same']}")


def _print_suggest(result: dict) -> None:
    print(f"\nSuggestions: {result['images']:,} images x {result['models']} models, answers of the server")
    _print_server(result["rows"])
    print(f"memory of the web process at most {result['peak_gib']:.2f} GiB, aim {result['aim_gib']:.1f}")


def _print_trust(result: dict) -> None:
    print("\nPerturbation: time of a map / time of as many plain forward passes")
    for row in result["rows"]:
        what = f"{row['network']}, {row['analyzer']}, {row['passes']} passes"
        print(f"  {what:<48}{row['ratio']:>6.2f} of {row['limit']:.2f}")


def _print_workshop(result: dict) -> None:
    said = f"fit: {result['fit_epochs']} epochs, times {result['epochs'] // result['fit_epochs']}"
    print(f"\nThe Workshop, {result['epochs']} epochs of two classes, warm ({said})")
    for row in result["rows"]:
        ours = f"{row['seconds']:.2f} s of {row['aim']:.0f}"
        times = f"{row['ratio']:.0f} times as fast, aim {row['limit']}"
        print(f"  {row['model']:<6}{ours:<14} fit {row['fit_seconds']:.1f} s: {times}")
    for row in result["waits"]:
        print(f"  {row['what']:<32}{row['seconds']:>7.3f} s of {row['aim']:.1f}")


PARTS = {
    "server": (server, _print_server),
    "methods": (methods, _print_methods),
    "attribution": (attribution, _print_attribution),
    "groups": (groups, _print_groups),
    "scoring": (scoring, _print_scoring),
    "suggest": (suggest, _print_suggest),
    "explore": (explore, _print_explore),
    "maximize": (maximize, _print_maximize),
    "trust": (trust, _print_trust),
    "workshop": (workshop, _print_workshop),
    "page": (page, _print_page),
    "million_page": (million_page, _print_million),
}

if __name__ == "__main__":
    main(sys.argv[1:])
