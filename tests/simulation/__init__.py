"""Three years of an organisation, day by day, beside an oracle that keeps its own calendar."""
