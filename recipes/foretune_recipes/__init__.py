"""The JAX reference recipe: `python -m foretune_recipes <job.json>` (design: recipes/README.md).

`RECIPE_VERSION` is raised whenever the same job would give other results.
"""

RECIPE_VERSION = "3"
