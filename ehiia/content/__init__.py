"""The words of the product as dated data, and the loader that checks them.

What an equality lead may change without a developer is written in TOML and
Markdown here; what could alter a legal outcome is code in ``ehiia.domain``.
"""
