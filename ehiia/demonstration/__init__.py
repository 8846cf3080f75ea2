"""The demonstration: stories in TOML, played in time order through the services.

It cannot contain what a user could not do. Days are counted from the day on
which it is loaded, so that something is always due, overdue and waiting.
"""
