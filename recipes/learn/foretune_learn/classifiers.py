"""Scikit-learn classifiers by import path. Anything else is refused before it is called."""

import importlib
import importlib.util
import inspect
import sysconfig
from pathlib import Path
from typing import Any

PACKAGES = [Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")]


class Refused(ValueError):
    """The learner or its parameters cannot be used here: the user has to change them."""


def make_classifier(path: str, params: dict[str, Any], seed: int) -> Any:
    """An untrained classifier of the class that `path` names. Raises Refused."""
    found = load_classifier(path)
    try:
        known = sorted(found().get_params())
    except TypeError as error:
        raise Refused(
            f'"{path}" cannot be created without arguments ({error}); choose a classifier that needs none.'
        ) from error
    unknown = sorted(params.keys() - set(known))
    if unknown:
        raise Refused(f'"{path}" has no parameter "{unknown[0]}"; it has {", ".join(known)}.')
    given = ({"random_state": seed} if "random_state" in known else {}) | params
    if path.startswith("lightgbm."):
        # It warns about every tree that stops early, and would use all cores in each of our
        # processes.
        given = {"verbose": -1, "n_jobs": 1} | given
    try:
        model = found(**given)
    except Exception as error:
        raise Refused(f'"{path}" rejects the parameters {params}: {error}') from error
    if not hasattr(model, "predict_proba"):
        raise Refused(
            f'"{path}" has no predict_proba, so it gives no probability that one variant is better. '
            "Choose a classifier with probabilities, or wrap it in sklearn.calibration."
        )
    return model


def load_classifier(path: str) -> type:
    """The class, which is a scikit-learn classifier. Raises Refused."""
    from sklearn.base import BaseEstimator, ClassifierMixin

    module_name, _, name = path.rpartition(".")
    _refuse_outside_packages(path, module_name)
    try:
        found = getattr(importlib.import_module(module_name), name, None)
    except ImportError as error:
        raise Refused(f'"{path}" cannot be imported: {error}') from error
    if found is None:
        raise Refused(f'"{path}" does not exist: module "{module_name}" has no "{name}".')
    if not (
        inspect.isclass(found) and issubclass(found, ClassifierMixin) and issubclass(found, BaseEstimator)
    ):
        raise Refused(
            f'"{path}" is not a scikit-learn classifier. Expected the import path of a class that subclasses '
            "sklearn.base.ClassifierMixin and BaseEstimator, as in sklearn.ensemble.RandomForestClassifier."
        )
    return found


def _refuse_outside_packages(path: str, module: str) -> None:
    """Importing a module runs it, so only installed packages are imported, not the standard library
    or a folder."""
    top = module.split(".")[0]
    if not top.isidentifier():
        raise Refused(f'"{path}" is not an import path; expected one such as sklearn.svm.SVC.')
    spec = importlib.util.find_spec(top)
    if spec is None:
        raise Refused(f'"{path}" cannot be imported: package "{top}" is not installed with the recipes.')
    if spec.origin is None or not any(Path(spec.origin).resolve().is_relative_to(p) for p in PACKAGES):
        raise Refused(f'"{path}" is not a scikit-learn classifier: "{top}" is not an installed package.')
