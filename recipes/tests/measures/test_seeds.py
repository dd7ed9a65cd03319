"""Random generators named by what they decide."""

import hashlib

import pytest

from foretune_measures.seeds import generator, seed_of, writer


def test_a_seed_is_the_digest_of_its_parts():
    written = b"".join(len(p).to_bytes(8, "big") + p for p in (b"str:ab", b"int:3"))
    assert seed_of("ab", 3) == int.from_bytes(hashlib.sha256(written).digest()[:16], "big")


@pytest.mark.parametrize("other", [("ab", "c"), ("a", "bc", ""), ("abc",), ("a", "bc", 0), ("bc", "a")])
def test_different_identities_give_different_numbers(other: tuple):
    assert generator(*other).random() != generator("a", "bc").random()
    assert writer(*other).random() != writer("a", "bc").random()
    assert seed_of(1) != seed_of("1")
