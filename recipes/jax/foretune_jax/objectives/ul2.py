"""UL2 (arXiv 2205.05131): six span corruptions and PLM, here in seven equal parts.

arXiv 2504.12491 names the objective and gives no shares.
"""

from ..elementary import PLM_S, R3, R8, X3, X8, X64, X64_SPARSE

LABEL = "UL2"
PARTS = dict.fromkeys([R3, R8, X3, X8, X64, X64_SPARSE, PLM_S], 1)
