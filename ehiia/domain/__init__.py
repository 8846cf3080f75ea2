"""The rules of impact assessment: pure values and functions, standard library only.

Nothing here knows of Flask, a database or the clock: what is needed is passed
in and what follows is returned.
"""
