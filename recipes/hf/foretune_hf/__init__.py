"""The Hugging Face recipe: `python -m foretune_hf <job.json>`, in the environment .foretune/hf-venv.

`RECIPE_VERSION` is raised whenever the same configuration would give other results.
"""

RECIPE_VERSION = "3"
