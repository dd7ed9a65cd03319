"""Half of the rows each."""

from ..elementary import CLM, PLM_S, R3, X32

NAME = "ul2r+clm"
LABEL = "UL2R and causal"
PARTS = {PLM_S: 2, R3: 1, X32: 1, CLM: 4}
