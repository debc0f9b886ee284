"""Train the cross-encoder: `python -m eval.cross_encoder.train --clones DIR --data DIR [--go-on] [--write]`.

The packaged encoder, its embeddings and lower layers as they are, learns to point at the sentence of a passage that
answers a question, or to say that none does (as in Devlin et al., 2019, for SQuAD 2.0, with sentences for spans). Each
sentence has the mean of its tokens' logits less that of "nothing here", which is 0 then; the loss is the softmax over
the sentences of all passages that are shown for a question and one "nothing" (shared normalization: Clark and Gardner,
2018). Passages without an answer are those of the near misses, the same passage away from its answer, and near passages
of other documents. Each is cut to some sentences around the answer, down to one as in a chat, which is quicker and says
nothing of where an answer stands. Whole communities are held out to measure.

About two seconds a step on two cores. --go-on starts from the product's weights. With --write they are replaced.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score
from torch import nn

from copassist import embedding, packaged, settings
from copassist.cross_encoder import WEIGHTS, Text, encoded, network, weights
from eval.corpus_memory import KeptEncoder
from eval.cross_encoder.held_out import HELD_OUT
from eval.cross_encoder.passages import INVENTED, INVENTED_HELD_OUT, Example, invented, ours, public

FROZEN_LAYERS = 2
BATCH = 12
"""Questions; each comes with nearly three passages."""
CHUNK = 16 * BATCH
"""So many are sorted by length before they are put into batches."""
WARM_UP = 0.06
"""The share of the steps in which the rate rises."""
NEAREST = 10
"""From so many of the nearest passages of other documents those without an answer are drawn."""
OTHERS = 2
"""So many are shown with the right one; of an invented document one is another section of it."""
ELSEWHERE = 0.5
"""How often one of them is the same passage away from what answers: the subject alone is no answer."""
OTHERS_OF_NEAR_MISS = 0.25
"""The share of the near misses that are shown with passages of other documents; all other questions are."""
WITHOUT_HEADER = 0.15
CROP_WORDS = (12, 30, 66, 66, 150)
"""The passages of a question are cut to about so many words, by chance one of these: a message in a chat has few."""
INVENTED_TIMES = 8
"""So often the questions on invented communities are shown for once of the others."""
BEYOND = -20.0
"""The logit of a sentence beyond what is read of its passage."""
SHOWN = 400
SEED = 1
Pair = tuple[str, Text, tuple[int, ...]]
"""Question, passage, and the numbers of the sentences that answer."""
Group = list[Pair]
"""The passages that are shown together for a question."""


def main() -> None:
    """Train, print how well the held-out questions are told, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clones", type=Path, required=True, help="holds a clone of each of sources.json")
    parser.add_argument("--data", type=Path, required=True, help="holds cardano_se, bicmeta_se and qmsum")
    parser.add_argument("--steps", type=int, default=1650)
    parser.add_argument("--rate", type=float, default=1.3e-4, help="the highest learning rate")
    parser.add_argument("--go-on", action="store_true", help="start from the product's weights")
    parser.add_argument("--vectors", type=Path, help="keep the vectors of passages here for the next run")
    parser.add_argument("--write", action="store_true", help="replace the product's weights")
    options = parser.parse_args()
    encoder: Any = embedding.load(settings.from_environment())
    if options.vectors:
        encoder = KeptEncoder(encoder, options.vectors)
    examples, lost = ours(options.clones, options.data, encoder.count)
    examples += [*invented(), *public(options.clones)]
    training = [e for e in examples if e.source not in (*HELD_OUT, INVENTED_HELD_OUT)]
    print(f"{len(training)} questions; of {lost} passages the source has changed.", flush=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(os.cpu_count() or 1)
    model = network(packaged.folder(), weights(WEIGHTS) if options.go_on else {})
    given = list(zip(training, nearest(training, training, encoder), strict=True))
    given += [pair for pair in given if pair[0].source.startswith(INVENTED)] * (INVENTED_TIMES - 1)
    train(model, given, options.steps, options.rate)
    for held_out in (HELD_OUT, (INVENTED_HELD_OUT,)):
        measured = [example for example in examples if example.source in held_out]
        measured = random.Random(SEED).sample(measured, min(SHOWN, len(measured)))
        print(", ".join(held_out), figures(model, measured, nearest(measured, examples, encoder), encoder))
    if options.write:
        write(model, WEIGHTS)


def nearest(
    asked: Sequence[Example], among: Sequence[Example], encoder: embedding.Encoder
) -> list[list[Text]]:
    """For each of those asked the passages of other documents that are nearest to its question, best first."""
    passages = {example.text: example.document for example in among}
    texts, documents = list(passages), np.array(list(passages.values()))
    vectors = encoder.encode([f"{text.header}\n{text.body}" for text in texts])
    near = []
    for example, vector in zip(asked, encoder.encode([e.question for e in asked]), strict=True):
        likeness = np.where(documents == example.document, -1.0, vectors @ vector)
        best = np.argsort(-likeness)[:NEAREST]
        near.append([texts[j] for j in best if likeness[j] > -1.0 and texts[j] != example.text])
    return near


def train(model: Any, given: Sequence[tuple[Example, Sequence[Text]]], steps: int, rate: float) -> None:
    """Train the upper layers on the examples, each with passages that don't answer it."""
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN_LAYERS]):
        part.requires_grad_(False)
    learning = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps + 1, pct_start=WARM_UP, anneal_strategy="linear"
    )
    tokenizer = packaged.tokenizer()
    model.train()
    chance, started, running = random.Random(SEED), time.monotonic(), 0.0
    for step, groups in zip(range(1, steps + 1), _batches(given, chance), strict=False):
        loss = _loss(_logits(model, tokenizer, [pair for group in groups for pair in group]), groups)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        schedule.step()
        running += float(loss.detach())
        if step % 50 == 0:
            print(f"{step} of {steps}: {running / 50:.3f}, {time.monotonic() - started:.0f} s", flush=True)
            running = 0.0


def figures(
    model: Any, asked: Sequence[Example], near: Sequence[Sequence[Text]], encoder: embedding.Encoder
) -> str:
    """Three shares beside what the packaged encoder's cosine gives: the first sentence right, the right passage first
    of five, and the area under the ROC curve of telling answers from near misses.
    """
    tokenizer = packaged.tokenizer()
    model.eval()
    first, passage, sure = [], [], []
    for example, others in zip(asked, near, strict=True):
        texts, answers = [example.text, *[*example.beside, *others][:4]], example.answers
        with torch.no_grad():
            found = _logits(model, tokenizer, [(example.question, text, ()) for text in texts])
        odds = [(sentences - nothing).numpy() for sentences, nothing in found]
        alike = _cosines(encoder, example.question, texts)
        sure.append((bool(answers), odds[0].max(), alike[0][1]))
        if answers:
            first.append((odds[0].argmax() in answers, alike[0][0].argmax() in answers))
            best = [o.max() for o in odds], [whole for _, whole in alike]
            passage.append(tuple(values[0] == max(values) for values in best))
    there = [row[0] for row in sure]
    auroc = [roc_auc_score(there, [row[k] for row in sure]) for k in (1, 2)]
    shares = [*np.mean(first, axis=0), *np.mean(passage, axis=0), *auroc]
    return (
        "n = {}, {} with an answer; first sentence right {:.3f} (cosine {:.3f}); right passage first of five {:.3f} "
        "({:.3f}); AUROC against near misses {:.3f} ({:.3f})"
    ).format(len(sure), len(first), *shares)


def write(model: Any, path: Path) -> None:
    """Keep what was trained: matrices in 8 bits with a scale for each row, all else as it is."""
    kept = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        values = parameter.detach()
        if values.ndim == 2 and len(values) > 1:
            scale = values.abs().amax(1) / 127
            kept[f"{name}.scale"] = scale
            values = (values / scale[:, None]).round().to(torch.int8)
        kept[name] = values.contiguous()
    save_file(kept, path)


def _batches(given: Sequence[tuple[Example, Sequence[Text]]], chance: random.Random) -> Iterator[list[Group]]:
    """Groups to learn from, for ever, those of a batch of like length."""
    while True:
        groups: list[Group] = []
        for example, others in given:
            words = chance.choice(CROP_WORDS)
            shown = [_cropped(example.text, example.answers, words, chance)]
            if example.answers and chance.random() < ELSEWHERE:
                shown += _away(example.text, example.answers, words, chance)
            beside = chance.sample(example.beside, min(1, len(example.beside)))
            if example.answers or chance.random() < OTHERS_OF_NEAR_MISS:
                beside += chance.sample(others, min(OTHERS + 1 - len(shown) - len(beside), len(others)))
            shown += [_cropped(text, (), words, chance) for text in beside]
            groups.append([(example.question, text, right) for text, right in shown])
        chance.shuffle(groups)
        for start in range(0, len(groups), CHUNK):
            chunk = sorted(groups[start : start + CHUNK], key=_length)
            batches = [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
            chance.shuffle(batches)
            yield from batches


def _length(group: Group) -> int:
    return max(len(text.body) for _, text, _ in group)


def _cropped(
    text: Text, answers: tuple[int, ...], most: int, chance: random.Random
) -> tuple[Text, tuple[int, ...]]:
    """About so many words of the passage, in whole sentences, one that answers among them if there is one."""
    lengths = [len(text.body[a:b].split()) for a, b in text.sentences]
    first = last = chance.choice(answers or range(len(lengths)))
    words = lengths[first]
    while beside := [i for i in (first - 1, last + 1) if 0 <= i < len(lengths)]:
        i = chance.choice(beside)
        if words + lengths[i] > most:
            break
        words += lengths[i]
        first, last = min(first, i), max(last, i)
    start, end = text.sentences[first][0], text.sentences[last][1]
    inside = tuple((a - start, b - start) for a, b in text.sentences[first : last + 1])
    header = "" if chance.random() < WITHOUT_HEADER else text.header
    kept = replace(text, header=header, body=text.body[start:end], sentences=inside)
    return kept, tuple(i - first for i in answers if first <= i <= last)


def _away(
    text: Text, answers: tuple[int, ...], most: int, chance: random.Random
) -> list[tuple[Text, tuple[int, ...]]]:
    """A cut from before or after all that answers; none where nothing stands there."""
    before, after = text.sentences[: answers[0]], text.sentences[answers[-1] + 1 :]
    places = [places for places in (before, after) if places]
    return [_cropped(replace(text, sentences=chance.choice(places)), (), most, chance)] if places else []


def _logits(model: Any, tokenizer: Any, pairs: Sequence[Pair]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """For each pair the logits of its sentences, shape (sentences,), and that of "nothing here"."""
    read = [encoded(tokenizer, question, text) for question, text, _ in pairs]
    ids = torch.zeros(len(read), max(len(r[0]) for r in read), dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, (tokens, kinds, _) in enumerate(read):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        types[row, : len(tokens)] = torch.tensor(kinds)
        mask[row, : len(tokens)] = 1
    token, nothing = model(ids, types, mask)
    beyond = torch.tensor(BEYOND)
    return [
        (torch.stack([token[row, a:b].mean() if a < b else beyond for a, b in places]), nothing[row])
        for row, (*_, places) in enumerate(read)
    ]


def _loss(found: Sequence[tuple[torch.Tensor, torch.Tensor]], groups: Sequence[Group]) -> torch.Tensor:
    """How surprising the right ones are: that one of the answers is chosen, or that nothing is."""
    surprise, odds = [], iter(found)
    for group in groups:
        shown = [next(odds) for _ in group]
        every = torch.cat([torch.zeros(1), *(sentences - nothing for sentences, nothing in shown)])
        right, first = [], 1
        for (_, text, answers), (logits, _) in zip(group, shown, strict=True):
            right += [first + i for i in answers if logits[i] > BEYOND]
            first += len(text.sentences)
        surprise.append(torch.logsumexp(every, 0) - torch.logsumexp(every[right or [0]], 0))
    return torch.stack(surprise).mean()


def _cosines(encoder: embedding.Encoder, question: str, texts: Sequence[Text]) -> list[tuple[Any, float]]:
    """For each text the cosine of the question with each sentence below its header, and with the whole."""
    found = []
    for text in texts:
        said = [f"{text.header}: {text.body[a:b]}" for a, b in text.sentences]
        vectors = encoder.encode([question, f"{text.header}\n{text.body}", *said])
        found.append((vectors[2:] @ vectors[0], float(vectors[1] @ vectors[0])))
    return found


if __name__ == "__main__":
    main()
