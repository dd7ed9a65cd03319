"""Domain `questions`: questions with their answers."""

LABEL = "Questions and answers"
REGISTERS = {"interview": 0.4, "kind interview": 0.2, "passage": 0.4}
