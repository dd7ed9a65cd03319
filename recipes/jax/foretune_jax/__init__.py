"""The JAX reference recipe: `python -m foretune_jax <job.json>` (docs/reference/recipes.md).

`RECIPE_VERSION` must be raised whenever the same configuration would give different results.
"""

RECIPE_VERSION = "4"
