"""Persistence: tables and their queries, no rules. Only services use it."""
