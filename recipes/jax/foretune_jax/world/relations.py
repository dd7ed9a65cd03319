"""What texts say about people (facts) and kinds of people (habits), with their sentences."""

from dataclasses import dataclass


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True)
class Relation:
    """`{n}` is the subject, `{v}` the value; the answer to the question is the value."""

    name: str
    values: tuple[str, ...]
    statements: tuple[str, ...]
    question: str


FACTS = (
    Relation(
        "home",
        words("Torv Aske Ruun Ilse Mond Kray Pell Voss Ghent Lund Oslo Bern Cadiz Riga Turin Nice"),
        ("{n} lives in {v}.", "{n} has a home in {v}.", "{n} lives by the gate of {v}."),
        "Where does {n} live?",
    ),
    Relation(
        "plays",
        words("lute harp drum flute horn bell viol pipe gong lyre fife organ cello oboe banjo tuba"),
        ("{n} plays the {v}.", "{n} can play the {v}.", "{n} plays on the old {v}."),
        "What does {n} play?",
    ),
    Relation(
        "keeps",
        words("fox goat hen owl cat mule crow hare pig toad swan mole dove ewe bear wolf"),
        ("{n} keeps a {v}.", "{n} has to keep a {v}.", "{n} keeps a good {v}."),
        "What does {n} keep?",
    ),
    Relation(
        "grows",
        words("figs plums beans wheat roses leeks mint hops oats kale pears peas flax limes dates yams"),
        ("{n} grows {v}.", "{n} likes to grow {v}.", "{n} grows many {v}."),
        "What does {n} grow?",
    ),
)

HABITS = (
    Relation(
        "carries",
        words("rope salt coal silk clay wool wine iron"),
        ("{n} carries {v}.", "All day {n} carries {v}."),
        "What does {n} carry?",
    ),
    Relation(
        "fears",
        words("fire snow dogs rain wind ghosts kings water"),
        ("{n} fears {v}.", "At night {n} fears {v}."),
        "What does {n} fear?",
    ),
    Relation(
        "eats",
        words("bread fish eggs cheese meat honey soup nuts"),
        ("{n} eats {v}.", "In the hall {n} eats {v}."),
        "What does {n} eat?",
    ),
    Relation(
        "makes",
        words("shoes boats bricks maps chairs songs knives hats"),
        ("{n} makes {v}.", "For the fair {n} makes {v}."),
        "What does {n} make?",
    ),
)
