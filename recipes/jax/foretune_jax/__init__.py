"""The JAX reference recipe: `python -m foretune_jax <job.json>` (docs/reference/recipes.md).

`RECIPE_VERSION` is raised whenever the same configuration would give other results.
"""

RECIPE_VERSION = "4"
