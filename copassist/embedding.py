"""Texts to vectors: the packaged model on onnxruntime, or any other through sentence-transformers.

Frameworks for models are imported here, in packaged.py and in cross_encoder.py, and only when a model is loaded.
Which runtime and why: docs/decisions/0002-embedding-runtime.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from copassist import packaged
from copassist.errors import ModelError
from copassist.settings import DEFAULT_MODEL, Settings

Vectors = NDArray[np.float32]

MAX_TOKENS = 256
BATCH = 2
"""Texts in one run of the default model: of like length, so that little is padded."""


class Encoder(Protocol):
    """A model that turns texts into unit vectors. `fingerprint` names weights, runtime and precision."""

    fingerprint: str
    max_tokens: int

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """The vectors of `texts`, float32, shape (n, dimensions), each of length 1.

        `progress` is called with the number of texts done since its last call.
        """
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, without the model's own markers."""
        ...


def load(settings: Settings) -> Encoder:
    """The encoder that the settings name. Raises ModelError if it isn't there or isn't the right one."""
    if settings.embedding_model == DEFAULT_MODEL:
        return PackagedEncoder(exported(settings.cache))
    return SentenceTransformerEncoder(settings.embedding_model)


class PackagedEncoder:
    """all-MiniLM-L6-v2 on onnxruntime, full precision, one run on each core."""

    fingerprint = f"all-MiniLM-L6-v2/{packaged.WEIGHTS_SHA256[:12]}/onnxruntime/fp32"
    max_tokens = MAX_TOKENS

    def __init__(self, onnx: Path) -> None:
        self._session = packaged.session(onnx)
        self._cores = packaged.cores()
        self._tokenizer = packaged.tokenizer()

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See Encoder."""
        tokens = [_truncated(e.ids) for e in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(
            range(len(tokens)), key=lambda i: -len(tokens[i])
        )  # the longest run is not the last
        batches = [by_length[start : start + BATCH] for start in range(0, len(tokens), BATCH)]
        vectors = np.zeros((len(tokens), 384), dtype=np.float32)

        def run(rows: list[int]) -> int:
            ids = np.zeros((len(rows), len(tokens[rows[0]])), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(rows):
                ids[row, : len(tokens[i])] = tokens[i]
                mask[row, : len(tokens[i])] = 1
            vectors[rows] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            return len(rows)

        for done in self._cores.map(run, batches) if len(batches) > 1 else map(run, batches):
            if progress:
                progress(done)
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        return [len(e.ids) for e in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def _truncated(ids: list[int]) -> list[int]:
    """At most MAX_TOKENS ids, with the closing marker kept."""
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


class SentenceTransformerEncoder:
    """Any model that sentence-transformers loads, on PyTorch."""

    def __init__(self, name_or_path: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name_or_path, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The embedding model {name_or_path!r} can't be loaded: {error}",
                "Give a folder that holds a sentence-transformers model, or unset COPASSIST_EMBEDDING_MODEL.",
            ) from error
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().float().numpy().tobytes())
        self.fingerprint = f"{Path(name_or_path).name}/{digest.hexdigest()[:12]}/torch/fp32"
        self.max_tokens = int(self._model.max_seq_length or 512)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """See Encoder."""
        if not texts:
            return np.zeros((0, self._model.get_sentence_embedding_dimension() or 0), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        if progress:
            progress(len(texts))
        return np.asarray(vectors, dtype=np.float32)

    def count(self, texts: Sequence[str]) -> list[int]:
        """See Encoder."""
        tokenizer: Any = self._model.tokenizer
        return (
            [len(ids) for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"]]
            if texts
            else []
        )


def exported(cache: Path) -> Path:
    """The packaged encoder as an ONNX file in `cache`, made if it isn't there. Raises ModelError as `packaged` does."""
    return packaged.exported(cache, f"all-MiniLM-L6-v2-{packaged.WEIGHTS_SHA256[:12]}.onnx", _export)


def _export(folder: Path, target: Path) -> None:
    """Write the encoder with its mean pooling and normalisation as one ONNX graph."""
    import torch
    from sentence_transformers import SentenceTransformer

    assert json.loads((folder / "1_Pooling" / "config.json").read_text())["pooling_mode_mean_tokens"]
    loaded: Any = SentenceTransformer(
        str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"}
    )
    bert = loaded[0].auto_model.eval()

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).float()
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    packaged.write_onnx(Pooled(), target, ("input_ids", "attention_mask"), {"embedding": {0: "texts"}})
