"""The function of each stage."""

from foretune_protocol.attempts import Made, Stage
from foretune_protocol.run import Run

from .distributed import wait_for_all
from .evaluate import evaluate
from .indicate import indicate
from .pretrain import pretrain
from .sft import sft


def together(stage: Stage) -> Stage:
    """Several processes wait for each other here, since each reads what the first one wrote."""

    def carried_out(run: Run) -> Made:
        made = stage(run)
        wait_for_all(run.run_id)
        return made

    return carried_out


STAGES = {
    "pretrain": together(pretrain),
    "indicate": together(indicate),
    "sft": together(sft),
    "evaluate": together(evaluate),
}
