"""Invented names, divided into pools that share no name: nobody in one split appears in another."""

from dataclasses import dataclass
from itertools import product
from random import Random

from .relations import words

ONSETS = words(
    "Bel Tar Mor Sil Dag Fen Gor Hal Jor Kes Lom Nar Ost Pel Rin Sut "
    "Tov Ul Ver Wil Yar Zan Bri Cor Dro Eld Fal Gri Hes Iv Jan Kal"
)
CODAS = words(
    "da vik mar lin tho ran sel win bo gard nix pa rus ta vo zel "
    "den fa gim ho jin ka lor mey nu pin quo ras sta ti ug wen"
)
KIND_ENDINGS = words("ling mott rick ster wig")

POOL_SIZES = {"text": 320, "train": 192, "validation": 128, "test": 192}


@dataclass(frozen=True)
class Names:
    """`known` people appear in the pre-training text; the `fresh` pools are for documents and
    items."""

    known: tuple[str, ...]
    fresh: dict[str, tuple[str, ...]]
    kinds: tuple[str, ...]


def invent_names(known: int, kinds: int, rng: Random) -> Names:
    people = [onset + coda for onset, coda in product(ONSETS, CODAS)]
    shuffled = rng.sample(people, len(people))
    fresh, at = {}, known
    for pool, size in POOL_SIZES.items():
        fresh[pool] = tuple(shuffled[at : at + size])
        at += size
    folk = [onset.lower() + ending for onset, ending in product(ONSETS, KIND_ENDINGS)]
    chosen = tuple(rng.sample(folk, kinds))
    return Names(tuple(shuffled[:known]), fresh, chosen)
