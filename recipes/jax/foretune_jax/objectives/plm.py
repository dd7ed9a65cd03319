"""Prefix language modelling (arXiv 1910.10683, 3.2.1)."""

from ..elementary import PLM

LABEL = "Prefix language modelling"
PARTS = {PLM: 1}
