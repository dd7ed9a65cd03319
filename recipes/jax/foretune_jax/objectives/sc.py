"""Span corruption (arXiv 1910.10683, 3.3.4): 15 % of the tokens, in spans of mean length 3."""

from ..elementary import SC

LABEL = "Span corruption"
PARTS = {SC: 1}
