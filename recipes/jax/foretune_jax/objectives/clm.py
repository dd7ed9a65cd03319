"""Every next token."""

from ..elementary import CLM

LABEL = "Causal language modelling"
PARTS = {CLM: 1}
