"""Real text as documents, cut into training and development text (see TEXT.md)."""

from collections.abc import Callable

from .code import code_documents
from .docs import doc_documents
from .glosses import gloss_documents
from .prose import prose_documents

# The invented world has no development split: perplexity must not restate what the tasks ask.
REAL_TEXT: dict[str, Callable[[str], list[str]]] = {
    "prose": prose_documents,
    "code": code_documents,
    "glosses": gloss_documents,
    "docs": doc_documents,
}
