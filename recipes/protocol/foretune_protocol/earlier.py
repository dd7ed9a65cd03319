"""What stage pretrain reads in recipes that keep earlier checkpoints of a training run."""

from .config import Config, option


class KeepsSteps(Config):
    checkpoint_steps: list[int] = option(
        "Steps at which earlier checkpoints are kept, besides the last step",
        default=[],
        aside=True,
    )

    def late_steps(self, steps: int) -> list[str]:
        """A sentence if a step is not before the last one of a run of so many steps."""
        late = [step for step in self.checkpoint_steps if step >= steps]
        return [f"checkpoint_steps {late} are not before the last step of the run, {steps}."] if late else []
