"""Bytes by key, and what kind of file they are, judged by their content. No Flask, no database."""
