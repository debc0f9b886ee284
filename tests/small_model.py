"""Serves a small real language model on loopback until it is stopped: python -m tests.small_model FILE."""

from __future__ import annotations

import sys
import threading

import xllamacpp

CONTEXT = 2048


def main() -> None:
    """Print the address once the model answers."""
    given = xllamacpp.CommonParams()
    given.model.path = sys.argv[1]
    given.n_ctx, given.n_parallel, given.n_gpu_layers = CONTEXT, 1, 0
    given.cpuparams.n_threads, given.warmup, given.verbosity = 2, False, -1
    server = xllamacpp.Server(given)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
