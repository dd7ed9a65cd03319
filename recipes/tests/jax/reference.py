"""The objectives once more, slowly: plain lists, one token at a time, no code shared with the
recipes."""

from foretune_jax.special import DOCUMENT, FIRST_SENTINEL, PAD, SENTINELS, SEPARATOR

Tokens = list[int]


def causal_example(text: Tokens) -> tuple[Tokens, Tokens, list[float]]:
    inputs, targets = [], []
    for i in range(len(text) - 1):
        inputs.append(text[i])
        targets.append(text[i + 1])
    return inputs, targets, [1.0] * len(inputs)


def prefix_weights(length: int, prefix: int) -> list[float]:
    """Token number t is predicted at t - 1; those of the prefix are given, all later ones are
    asked."""
    return [1.0 if t >= prefix else 0.0 for t in range(1, length + 1)]


def corrupted_example(text: Tokens, hidden: list[bool]) -> tuple[Tokens, Tokens]:
    """What is read and what is to be said, as T5 has it: one sentinel for each hidden span."""
    read, said = [], []
    sentinel = FIRST_SENTINEL
    for i, token in enumerate(text):
        if not hidden[i]:
            read.append(token)
            continue
        if i == 0 or not hidden[i - 1]:
            read.append(sentinel)
            said.append(sentinel)
            sentinel += 1
        said.append(token)
    return read, said


def span_example(
    text: Tokens, hidden: list[bool], context: int, mode: Tokens
) -> tuple[Tokens, Tokens, list[float], int]:
    """inputs, targets, weights, prefix of the whole sequence; `mode`: its mode token, or
    nothing."""
    read, said = corrupted_example(text, hidden)
    prefix = len(mode) + len(read) + 1
    sequence = [*mode, *read, SEPARATOR, *said, DOCUMENT]
    weights = [1.0 if prefix <= t < len(sequence) else 0.0 for t in range(1, context + 1)]
    sequence += [PAD] * (context + 1 - len(sequence))
    return sequence[:-1], sequence[1:], weights, prefix


def restored(inputs: Tokens, targets: Tokens, mode: Tokens) -> Tokens:
    """The text that a span corruption hides: each sentinel is replaced by the text after it."""
    sequence = [*inputs, targets[-1]][len(mode) :]
    edge = sequence.index(SEPARATOR)
    said = sequence[edge + 1 : sequence.index(DOCUMENT, edge)]
    spans: dict[int, Tokens] = {}
    for token in said:
        if is_sentinel(token):
            spans[token] = current = []
        else:
            current.append(token)
    return [t for token in sequence[:edge] for t in (spans[token] if is_sentinel(token) else [token])]


def is_sentinel(token: int) -> bool:
    return FIRST_SENTINEL <= token < FIRST_SENTINEL + SENTINELS
