"""A question and a passage, read together by one model: how well each of the passage's sentences answers.

The model is the packaged encoder with its upper layers trained to tell (`python -m eval.cross_encoder.train`);
what it was trained on and what it is worth: docs/decisions/0012-cross-encoder.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from copassist import packaged

WEIGHTS = Path(__file__).with_suffix(".safetensors")
"""The layers that were trained, each matrix in whole numbers of 8 bits with a scale for each row."""
QUESTION_TOKENS = 48
HEADER_TOKENS = 50
PASSAGE_TOKENS = 256
"""What is read of a passage, its header among it."""
INPUTS = ("input_ids", "token_type_ids")


@dataclass(frozen=True, slots=True)
class Text:
    """A passage: what it stands under, what it says, and the [start, end) of each sentence in that."""

    header: str
    body: str
    sentences: tuple[tuple[int, int], ...]


class CrossEncoder:
    """Reads on onnxruntime, one passage on each core."""

    def __init__(self, onnx: Path) -> None:
        self._session = packaged.session(onnx)
        self._cores = packaged.cores()
        self._tokenizer = packaged.tokenizer()

    def read(self, question: str, texts: Sequence[Text]) -> list[list[float]]:
        """For each sentence of each text the logarithm of the odds that it answers, against that nothing there does.

        A sentence beyond what is read of its passage has the least of all odds there.
        """
        return list(self._cores.map(lambda text: self._odds(question, text), texts))

    def _odds(self, question: str, text: Text) -> list[float]:
        ids, types, places = encoded(self._tokenizer, question, text)
        given = {
            name: np.array([values], dtype=np.int64)
            for name, values in zip(INPUTS, (ids, types), strict=True)
        }
        tokens, nothing = self._session.run(None, given)
        odds = [float(tokens[0, a:b].mean() - nothing[0]) if a < b else None for a, b in places]
        least = min((o for o in odds if o is not None), default=0.0)
        return [least if o is None else o for o in odds]


def load(cache: Path) -> CrossEncoder:
    """The model, made for onnxruntime in `cache` if it isn't there. Raises ModelError as `packaged` does."""
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    return CrossEncoder(packaged.exported(cache, f"cross-encoder-{digest[:12]}.onnx", _export))


def encoded(tokenizer: Any, question: str, text: Text) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """The ids of question and passage with the model's markers, which of the two each is of, and the [start, end) of
    each sentence among them; empty for a sentence beyond what is read.
    """

    def of(words: str, most: int) -> Any:
        found = tokenizer.encode(words, add_special_tokens=False)
        found.truncate(most)
        return found

    opening, closing, stop = (tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]", "."))
    asked = of(question, QUESTION_TOKENS).ids
    header = of(text.header, HEADER_TOKENS).ids
    body = of(text.body, PASSAGE_TOKENS - len(header))
    before = [opening, *asked, closing]
    ids = [*before, *header, stop, *body.ids, closing]
    first = len(before) + len(header) + 1
    places = []
    for start, end in text.sentences:
        inside = [i for i, (a, b) in enumerate(body.offsets) if a < end and b > start]
        places.append((first + inside[0], first + inside[-1] + 1) if inside else (0, 0))
    return ids, [0] * len(before) + [1] * (len(ids) - len(before)), places


def _export(folder: Path, target: Path) -> None:
    packaged.write_onnx(
        network(folder, weights(WEIGHTS)),
        target,
        INPUTS,
        {"tokens": {0: "texts", 1: "tokens"}, "nothing": {0: "texts"}},
    )


def weights(path: Path) -> dict[str, Any]:
    """The trained weights by their names, as torch tensors of floats."""
    from safetensors.torch import load_file

    stored = load_file(path)
    return {
        name: tensor.float() * stored[f"{name}.scale"][:, None] if f"{name}.scale" in stored else tensor
        for name, tensor in stored.items()
        if not name.endswith(".scale")
    }


def network(folder: Path, trained: dict[str, Any]) -> Any:
    """The torch module: token ids and their types to a logit for each token and one for "nothing here answers".

    `trained` replaces weights of the packaged encoder in `folder`; without any it is that encoder with new heads.
    """
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    config = BertConfig.from_pretrained(str(folder), attn_implementation="eager")
    bert: Any = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict(load_file(folder / "model.safetensors"), strict=False)

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = bert
            self.token = torch.nn.Linear(bert.config.hidden_size, 1)
            self.nothing = torch.nn.Linear(bert.config.hidden_size, 1)

        def forward(
            self, input_ids: torch.Tensor, token_type_ids: torch.Tensor, attention_mask: Any = None
        ) -> tuple[torch.Tensor, torch.Tensor]:
            hidden = self.bert(
                input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
            ).last_hidden_state
            return self.token(hidden).squeeze(-1), self.nothing(hidden[:, 0]).squeeze(-1)

    made = Network()
    unknown = made.load_state_dict(trained, strict=False).unexpected_keys
    assert not unknown, unknown
    return made
