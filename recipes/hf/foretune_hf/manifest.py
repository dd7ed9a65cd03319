"""What this recipe says of itself. Free of torch.

Tasks and domains have the study's own names: it says which tasks of lm-evaluation-harness and which data sets
they are. So the indicators, `kshot_<task>` among them, have any name.
"""

from foretune_protocol.config import with_own_fields
from foretune_protocol.manifest import Json, describe

from . import RECIPE_VERSION
from .config import OBJECTIVES, Evaluate, Indicate, Pretrain, Sft
from .registry import sft_recipes

STAGES = {"pretrain": Pretrain, "indicate": Indicate, "sft": Sft, "evaluate": Evaluate}


def manifest() -> Json:
    own = {name: getattr(module, "Fields", None) for name, module in sft_recipes().items()}
    return describe(
        version=RECIPE_VERSION,
        stages=STAGES | {"sft": with_own_fields(Sft.schema(), own)},
        objectives={name: {"label": label} for name, label in OBJECTIVES.items()},
        sft_recipes={name: {"label": module.LABEL} for name, module in sft_recipes().items()},
    )
