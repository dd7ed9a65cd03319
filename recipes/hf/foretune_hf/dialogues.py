"""Prompts with their completions, made of the rows of a data set. Free of torch."""

from itertools import islice

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .config import Dialogues
from .datasets_read import rows

# Which items are trained on is the same for every seed and variant; seeds differ in their order.
ITEM_SEED = 0


def dialogues(data: Dialogues, count: int) -> list[dict[str, str]]:
    """`count` prompts with their completions, or as many as there are.

    Raises ValueError for a template that its columns do not fill, and for a data set without rows.
    """
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    made = []
    try:
        prompt, completion = map(environment.from_string, (data.prompt, data.completion))
        for row in islice(rows(data, ITEM_SEED), count):
            made.append({"prompt": prompt.render(row), "completion": completion.render(row)})
    except TemplateError as error:
        columns = f"; its columns are {', '.join(row)}" if "row" in locals() else ""
        raise ValueError(
            f'The templates "{data.prompt}" and "{data.completion}" do not fit "{data.dataset}": '
            f"{error.message}{columns}."
        ) from error
    if not made:
        raise ValueError(f'"{data.dataset}" has no rows in its split "{data.split}".')
    return made
