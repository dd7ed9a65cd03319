"""A seeded world of invented people, kinds of people, facts and habits: what a small model can
know."""
