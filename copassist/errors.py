"""What can go wrong: each error says what happened, to which input, and what to do about it."""

from __future__ import annotations


class CopAssistError(Exception):
    """Something broke. `kind` names it for scripts, `fix` says what the person can do."""

    kind = "error"

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class InputError(CopAssistError):
    """The input can't be read at all: missing, unreadable, broken, or not what it claims to be."""

    kind = "input"


class DirectoryError(CopAssistError):
    """The members file can't be taken: no header, an unknown column, a duplicate."""

    kind = "directory"


class MemoryFolderError(CopAssistError):
    """The memory can't be opened: not there, made by a newer version or by another model."""

    kind = "memory"


class BusyError(CopAssistError):
    """Somebody else holds what we need: another ingest, the port."""

    kind = "busy"


class StorageError(CopAssistError):
    """The disk is full or can't be written; what was stored before stays whole."""

    kind = "storage"


class ModelError(CopAssistError):
    """The embedding model can't be loaded, or isn't the one that it should be."""

    kind = "model"


class LanguageModelError(CopAssistError):
    """The language model at COPASSIST_LLM_URL can't be reached, declines, or answers with no text.

    No message holds the key or what the server said, which may repeat it.
    """

    kind = "language-model"


class TooLongError(LanguageModelError):
    """The prompt is longer than the language model reads."""


class NotFoundError(CopAssistError):
    """No such record, member or source."""

    kind = "not-found"


class RefusedError(CopAssistError):
    """The product declines: real files into the sample memory, a removal too large to do unasked."""

    kind = "refused"
