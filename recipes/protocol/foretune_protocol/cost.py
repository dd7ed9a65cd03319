"""What weights cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What a study put into the weights, the checkpoint they started from included."""

    step: int
    tokens: int
    flops: float

    def plus(self, steps: int, tokens: int, flops: float) -> "Cost":
        return Cost(self.step + steps, self.tokens + tokens, self.flops + flops)


NOTHING = Cost(0, 0, 0.0)
