"""Domain `encyclopedia`: articles and definitions."""

LABEL = "Encyclopedia"
REGISTERS = {"article": 0.7, "habits": 0.3}
BLEND = {"glosses": 0.4}
