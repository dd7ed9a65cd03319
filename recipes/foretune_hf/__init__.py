"""The Hugging Face recipe: `python -m foretune_hf <job.json>`, in the environment .foretune/hf-venv.

`RECIPE_VERSION` is raised whenever the same job would give other results.
"""

RECIPE_VERSION = "2"
