"""Imports run one way, and importing the command line opens no model and no framework."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS: tuple[tuple[str, ...], ...] = (
    ("copassist",),  # the version
    ("copassist.records", "copassist.errors", "copassist.words", "copassist.sentences"),
    ("copassist.settings",),
    ("copassist.packaged", "copassist.embedding", "copassist.cross_encoder", "copassist.passages"),
    ("copassist.store",),
    ("copassist.query", "copassist.rank"),
    ("copassist.retrieve",),
    ("copassist.*",),  # what isn't named here: answer, experts, questions, gaps, ask and their like
    ("ingest",),
    ("copassist.doctor",),
    ("copassist.ui",),
    ("copassist.cli",),
    ("copassist.__main__", "app"),
)
"""From the ground up: a module imports from its own layer and those before it."""
TOPS = {"copassist.ui", "copassist.cli", "copassist.__main__", "app"}
FRAMEWORKS = {
    "llama_index": {"copassist.llm"},
    "openai": {"copassist.llm"},
    "chromadb": {"copassist.store.vectors"},
    "onnxruntime": {"copassist.packaged"},
    "tokenizers": {"copassist.packaged"},
    "torch": {"copassist.packaged", "copassist.embedding", "copassist.cross_encoder"},
    "transformers": {"copassist.cross_encoder"},
    "safetensors": {"copassist.cross_encoder"},
    "sentence_transformers": {"copassist.embedding"},
    "unstructured": {"ingest.pages.slides"},
    "pypdfium2": {"ingest.pages.pdf_text"},
    "pypandoc": {"ingest.pages.pandoc"},
    "openpyxl": {"ingest.pages.sheets"},
    "kingfisher_sdk": {"copassist.secrets"},
}
"""Each framework and the modules that own it; gradio belongs to the page."""


def modules(*folders: str) -> dict[str, Path]:
    """Every module below these folders by its dotted name."""
    found = {}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, known: set[str]) -> Iterator[str]:
    """What a module imports, wherever in it: modules of ours in full, of others the top package."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else str(node.module)


def layer(module: str) -> int:
    """The number of a module's layer: that of the longest name which it has or is inside of."""
    fitting = [
        (len(name.rstrip("*")), number)
        for number, names in enumerate(LAYERS)
        for name in names
        if module == name
        or (name != "copassist" and module.startswith(name + "."))
        or (name == "copassist.*" and module.startswith("copassist."))
    ]
    return max(fitting)[1]


OURS = modules("copassist", "ingest")


@pytest.mark.parametrize("module", OURS)
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    for name in imported(OURS[module], set(OURS)):
        if name in OURS:
            assert layer(name) <= layer(module), f"{module} imports {name}"


def test_nothing_imports_the_command_line_the_page_or_the_evaluation() -> None:
    for module, path in OURS.items():
        for name in imported(path, set(OURS)):
            assert name.split(".")[0] != "eval", f"{module} imports {name}"
            if layer(module) < layer("copassist.ui"):
                assert not any(name == top or name.startswith(top + ".") for top in TOPS), f"{module}: {name}"


def test_the_evaluation_imports_no_page_and_no_command_line() -> None:
    for module, path in modules("eval").items():
        for name in imported(path, set(OURS)):
            assert not any(name == top or name.startswith(top + ".") for top in TOPS), f"{module}: {name}"


def test_each_framework_appears_in_the_module_that_owns_it() -> None:
    for module, path in OURS.items():
        for name in imported(path, set(OURS)):
            top = name.split(".")[0]
            if top in FRAMEWORKS:
                assert module in FRAMEWORKS[top], f"{module} imports {name}"
            assert top != "gradio" or module.startswith("copassist.ui"), f"{module} imports {name}"


def test_the_imports_of_the_core_run_in_no_circle() -> None:
    core = {m: set(imported(p, set(OURS))) for m, p in OURS.items() if m.startswith("copassist.")}
    while free := [m for m, names in core.items() if not names & core.keys() - {m}]:
        for module in free:
            del core[module]
    assert not core, "each of these imports another of them"


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        (
            "copassist.cli",
            "torch chromadb gradio sentence_transformers llama_index onnxruntime unstructured sqlalchemy",
        ),
        ("copassist.ask", "torch chromadb gradio sentence_transformers llama_index onnxruntime unstructured"),
        (
            "ingest.pipeline",
            "torch chromadb gradio sentence_transformers llama_index onnxruntime unstructured",
        ),
    ],
)
def test_importing_opens_no_model_and_no_framework(module: str, heavy: str) -> None:
    script = f"import sys, {module}; print(sorted(set({heavy.split()!r}) & set(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
