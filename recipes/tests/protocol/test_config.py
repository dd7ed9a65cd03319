"""Configurations: one declaration makes the schema that a study is checked by and what a stage
reads."""

from dataclasses import FrozenInstanceError

import pytest

from foretune_protocol.config import Config, option, with_own_fields


class Inner(Config):
    size: int = option("Size", minimum=1)
    name: str | None = option("Name", default=None)


class Shared(Config):
    open = True

    shots: int = option("Examples", default=5)


class Outer(Config):
    inner: Inner = option("Inner")
    lr: float = option("Rate", exclusive_minimum=0)
    way: str | list[str] = option("Way", choices=lambda: ["a", "b"], default="a")
    weights: dict[str, float] = option("Weights", choices=["x", "y"], default={})
    tasks: dict[str, Shared] = option("Tasks", default={})
    memory: Inner = option("Memory", default=Inner(size=8), aside=True)


GIVEN = {"inner": {"size": 3}, "lr": 0.1}


def test_a_schema_has_kinds_bounds_words_and_defaults():
    schema = Outer.schema()
    assert schema["required"] == ["inner", "lr"]
    assert schema["additionalProperties"] is False
    of = schema["properties"]
    assert of["lr"] == {"description": "Rate", "type": "number", "exclusiveMinimum": 0}
    assert of["inner"]["properties"]["size"] == {"description": "Size", "type": "integer", "minimum": 1}
    assert of["inner"]["properties"]["name"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    words = {"type": "string", "enum": ["a", "b"]}
    assert of["way"]["anyOf"] == [words, {"type": "array", "items": words}]
    assert of["weights"]["propertyNames"] == {"enum": ["x", "y"]}
    assert of["memory"]["x-aside"] is True
    assert of["memory"]["default"] == {"size": 8, "name": None}
    assert "additionalProperties" not in of["tasks"]["additionalProperties"]


def test_a_configuration_is_read_with_its_defaults():
    read = Outer.read(GIVEN)
    assert read == Outer(inner=Inner(size=3), lr=0.1)
    assert (read.way, read.inner.name, read.memory.size) == ("a", None, 8)


def test_values_are_read_as_what_they_are():
    read = Outer.read(GIVEN | {"way": ["a", "b"], "inner": {"size": 1, "name": "n"}, "memory": {"size": 2}})
    assert (read.way, read.inner, read.memory) == (["a", "b"], Inner(size=1, name="n"), Inner(size=2))


def test_fields_of_other_stages_are_ignored_where_an_object_is_shared():
    assert Outer.read(GIVEN | {"tasks": {"t": {"shots": 2, "data": {}}}}).tasks == {"t": Shared(shots=2)}


def test_unknown_and_missing_keys_are_named():
    with pytest.raises(
        ValueError, match=r"Outer has unknown keys \['rate'\] and needs \['lr'\]; known: inner"
    ):
        Outer.read({"inner": {"size": 1}, "rate": 1})
    with pytest.raises(ValueError, match=r"Inner has unknown keys \['depth'\]"):
        Outer.read(GIVEN | {"inner": {"size": 1, "depth": 3}})


def test_a_configuration_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Outer.read(GIVEN).lr = 0.2  # type: ignore[misc]


def test_a_stage_without_fields_takes_none():
    assert Config.schema()["properties"] == {}
    assert Config.read({}) == Config()
    with pytest.raises(ValueError, match=r"unknown keys \['lr'\]"):
        Config.read({"lr": 1})


def test_a_default_is_not_shared():
    Outer.read(GIVEN).weights["x"] = 1.0
    assert Outer.read(GIVEN).weights == {}


# ---- Fields of single SFT recipes ----------------------------------------------------------


class Sft(Config):
    sft_recipe: str = option("Recipe")


class Lora(Config):
    rank: int = option("Rank", default=16)


def test_a_field_of_an_sft_recipe_says_whose_it_is():
    schema = with_own_fields(Sft.schema(), {"full": None, "lora": Lora, "dora": Lora})
    assert schema["properties"]["rank"]["x-sft-recipes"] == ["lora", "dora"]
    assert schema["required"] == ["sft_recipe"]


def test_two_sft_recipes_must_declare_a_field_alike():
    class Other(Config):
        rank: str = option("Rank")

    with pytest.raises(TypeError, match='"other" declares the field "rank" in another way'):
        with_own_fields(Sft.schema(), {"lora": Lora, "other": Other})


def test_an_sft_recipe_reads_its_own_fields_beside_those_of_the_stage():
    values = {"sft_recipe": "lora", "rank": 4}
    assert Sft.read_with(Lora, values) == (Sft(sft_recipe="lora"), Lora(rank=4))
    assert Sft.read_with(None, values) == (Sft(sft_recipe="lora"), None)
