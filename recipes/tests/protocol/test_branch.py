"""What the stages sft and evaluate read in every recipe, and the rows that are made of it."""

from pathlib import Path

import pytest
from jobs import rows_in

from foretune_protocol import Branch, FineTuning, indicator, option
from foretune_protocol.tables import write_table

BRANCH = {"task": "riddles", "sft_recipe": "full", "sft_seed": 3}


class Sized(Branch):
    size: int = option("Size")


def test_an_outcome_is_of_its_branch_and_fits_its_table(tmp_path: Path):
    row = Sized.read(BRANCH | {"size": 1}).outcome("easy", metric="solved", value=0.5, n=8)
    write_table(tmp_path / "outcomes.arrow", "outcomes", [row])
    known = {"task": "riddles", "sft_recipe": "full", "seed": 3, "dataset": "easy", "metric": "solved"}
    assert rows_in(tmp_path / "outcomes.arrow") == [known | {"value": 0.5, "stderr": None, "n": 8}]


def test_an_indicator_fits_its_table(tmp_path: Path):
    rows = [indicator("loss", 1.5), indicator("loss", 2.0, domain="web", stderr=0.1, n=9)]
    write_table(tmp_path / "indicators.arrow", "indicators", rows)
    assert rows_in(tmp_path / "indicators.arrow") == rows


def test_fine_tuning_reads_its_branch_too():
    given = BRANCH | {"lr": 0.1, "steps": 2, "batch": 4, "train_items": 8}
    read = FineTuning.read(given)
    assert (read.task, read.sft_seed, read.batch, read.warmup_steps) == ("riddles", 3, 4, 10)
    with pytest.raises(ValueError, match=r"FineTuning needs \['sft_seed'\]"):
        FineTuning.read({key: value for key, value in given.items() if key != "sft_seed"})
