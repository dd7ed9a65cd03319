"""The special tokens, which are the first ids of every vocabulary."""

PAD, DOCUMENT, SEPARATOR = 0, 1, 2
SENTINELS = 16
# UL2's modes (arXiv 2205.05131): regular, extreme and sequential denoising.
MODES = ("<mode-r>", "<mode-x>", "<mode-s>")
SPECIAL = ("<pad>", "<doc>", "<sep>", *(f"<x{i}>" for i in range(SENTINELS)), *MODES)
FIRST_SENTINEL = 3
MODE_R, MODE_X, MODE_S = (FIRST_SENTINEL + SENTINELS + i for i in range(len(MODES)))
BYTES = 256
