"""Half of the rows each."""

from ..elementary import CLM, SC

NAME = "sc+clm"
LABEL = "Span corruption and causal"
PARTS = {SC: 1, CLM: 1}
