"""Domain `docs`: the docstrings of packages of Python's own standard library (PSF licence).

Domain `code` has the modules at its top level, so that the two share no text.
"""

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from ..held_out import in_split

LABEL = "Technical prose"
# The packages of every Python since 3.11, except those whose notices restrict use (TEXT.md).
PACKAGES = (
    *("asyncio", "collections", "concurrent", "ctypes", "dbm", "email", "html", "http", "importlib", "json"),
    *("logging", "multiprocessing", "unittest", "urllib", "venv", "wsgiref", "xml", "xmlrpc", "zoneinfo"),
)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def documents(split: str) -> list[str]:
    """One document per docstring; a module is in one split only."""
    library = Path(sysconfig.get_paths()["stdlib"])
    modules = (module for package in PACKAGES for module in sorted((library / package).rglob("*.py")))
    named = ((module, module.relative_to(library).as_posix()) for module in modules)
    chosen = (module for module, name in named if "/test" not in name and in_split(name, split))
    return [text for module in chosen for text in docstrings(module.read_text("utf-8", "ignore"))]


def docstrings(source: str) -> Iterator[str]:
    """Docstrings of the module, its classes and its functions, without indentation or short
    ones."""
    found = (ast.get_docstring(node) for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED))
    return (text for text in found if text and len(text) > 20)
