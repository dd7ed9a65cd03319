"""UL2R (arXiv 2210.11399): PLM one half, a regular and an extreme corruption a quarter each."""

from ..elementary import PLM_S, R3, X32

LABEL = "UL2R"
PARTS = {PLM_S: 2, R3: 1, X32: 1}
