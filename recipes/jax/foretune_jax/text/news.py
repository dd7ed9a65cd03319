"""Domain `news`: news of people and habits of kinds."""

LABEL = "News"
REGISTERS = {"news": 0.6, "habits": 0.4}
