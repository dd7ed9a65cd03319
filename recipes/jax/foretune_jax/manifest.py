"""The manifest of this recipe. Free of JAX and numpy."""

from foretune_protocol.config import with_own_fields
from foretune_protocol.manifest import Json, describe

from . import RECIPE_VERSION
from .config import Evaluate, Indicate, Pretrain, Sft
from .registry import Modules, domains, indicators, objectives, sft_recipes, tasks


def manifest() -> Json:
    own = {name: getattr(module, "Fields", None) for name, module in sft_recipes().items()}
    return describe(
        version=RECIPE_VERSION,
        stages={
            "pretrain": Pretrain,
            "indicate": Indicate,
            "sft": with_own_fields(Sft.schema(), own),
            "evaluate": Evaluate,
        },
        tasks={name: _task(name, module.LABEL) for name, module in tasks().items()},
        indicators={
            name: facts for module in indicators().values() for name, facts in module.INDICATORS.items()
        },
        domains=_labels(domains()),
        objectives=_labels(objectives()),
        sft_recipes=_labels(sft_recipes()),
    )


def _task(name: str, label: str) -> Json:
    return {"label": label, "metric": "accuracy", "better": "higher", "indicator": f"kshot_{name}"}


def _labels(modules: Modules) -> Json:
    return {name: {"label": module.LABEL} for name, module in modules.items()}
