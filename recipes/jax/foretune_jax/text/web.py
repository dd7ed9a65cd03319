"""Domain `web`: a crawl, which contains some of everything. REGISTERS: share of the documents about
the world."""

LABEL = "Web"
# More passages to read from than in `world`: a study that uses this domain instead has no other
# such text.
REGISTERS = {"person": 0.4, "kind": 0.2, "passage": 0.2, "portrait": 0.2}
BLEND = {"glosses": 0.2, "prose": 0.1}
