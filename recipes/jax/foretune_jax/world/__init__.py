"""One seeded world of invented people, kinds of folk, facts and habits: what a small model can know."""
