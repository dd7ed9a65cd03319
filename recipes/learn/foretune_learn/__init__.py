"""Learners that predict which of two variants is better: `python -m foretune_learn.fit
<job.json>`."""
