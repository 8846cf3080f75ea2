"""Use cases: one function for each thing somebody can do; the only place that commits.

A service is a verb with ``*, by, now``: one transaction, one history row, mail
only through the outbox.
"""
