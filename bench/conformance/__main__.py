"""`python -m bench.conformance [NETWORK ...]`: what is not done with this code yet; with names, those again."""

from __future__ import annotations

import sys
from multiprocessing.pool import ThreadPool

from bench.conformance import applications, record, reference

AT_ONCE = 2  # networks; tracing keeps one core busy


def main(wanted: list[str]) -> None:
    """Measure, print, and store row by row: stopped and started again, it goes on where it was."""
    if not wanted and not record.done("innvestigate").issuperset(reference.networks()):
        print("largest difference to iNNvestigate / largest relevance")
        reference.measure()
    done = set() if wanted else record.done("applications")
    todo = [network for network in wanted or applications.ORDER if network not in done]
    print(f"\n{'network':<20}{'methods':>8}{'finite':>8}{'sum/logit':>11}{'seconds':>9}{'GiB':>6}")
    for row in record.load()["applications"]:
        if row["network"] in done:
            _print(row)
    with ThreadPool(AT_ONCE) as pool:
        for row in pool.imap_unordered(applications.measure, todo):
            record.put("applications", row["network"], [row])
            _print(row)


def _print(row: dict) -> None:
    part = "-" if row["sum_over_logit"] is None else f"{row['sum_over_logit']:.4f}"
    seconds, memory = (row[key] if row[key] is not None else "-" for key in ("seconds", "peak_gib"))
    name, count = row["network"], len(row["methods"])
    print(f"{name:<20}{count:>8}{'yes' if row['finite'] else 'no':>8}{part:>11}{seconds:>9}{memory:>6}", flush=True)
    for method, why in row["failed"].items():
        print(f"  {method}: {why}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
