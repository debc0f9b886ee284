"""`python -m eval BENCHMARK --data DIR --split NAME`: a benchmark's figures, beside its baselines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from copassist.errors import CopAssistError
from eval import answers, report, retrieval, speed
from eval.abstention import benchmark as abstention

BENCHMARKS = {"retrieval": retrieval, "answers": answers, "speed": speed, "abstention": abstention}
"""A benchmark is a module with SYSTEMS, the names it compares; `add_options`; and `run`."""

DONE, FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark and print what it found; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        result = options.module.run(options)
        if options.json:
            report.write(result, options.json)
    except CopAssistError as error:
        print(f"eval: {error}", file=sys.stderr)
        return FAILED
    print(report.show(result))
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval", description="Measure copassist beside its baselines."
    )
    benchmarks = parser.add_subparsers(title="benchmarks", metavar="BENCHMARK", required=True)
    for name, module in BENCHMARKS.items():
        added = benchmarks.add_parser(name, description=module.__doc__, help=module.__doc__)
        added.add_argument(
            "--data", type=Path, required=True, metavar="DIR", help="a folder of the benchmark's data"
        )
        added.add_argument("--split", default="dev", metavar="NAME", help="which queries (default: dev)")
        added.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
        added.add_argument(
            "--systems",
            type=_names_in(list(module.SYSTEMS)),
            default=list(module.SYSTEMS),
            metavar="A,B",
            help=f"which to compare: {', '.join(module.SYSTEMS)} (default: all)",
        )
        module.add_options(added)
        added.set_defaults(module=module)
    return parser


def _names_in(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads names separated by commas; an unknown one is wrong usage."""

    def read(text: str) -> list[str]:
        names = [name.strip() for name in text.split(",")]
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"there is no system {name!r}; take some of {', '.join(known)}"
                )
        return list(dict.fromkeys(names))

    return read


if __name__ == "__main__":
    sys.exit(main())
