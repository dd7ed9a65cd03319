"""One question of a task."""

from dataclasses import dataclass

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Item:
    """Answers start with a space, as they follow the prompt in running text.

    With one option the model must produce it (exact match over the whole vocabulary); with several
    it must be the likeliest. `entities` are those that the item mentions; splits share none.
    """

    item_id: str
    prompt: str
    options: tuple[str, ...]
    gold: int
    entities: tuple[str, ...]

    @property
    def answer(self) -> str:
        return self.options[self.gold]
