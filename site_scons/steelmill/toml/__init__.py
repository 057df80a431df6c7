"""TOML files that people write: read, and every key with its line.

Follows TOML 1.0, https://toml.io/en/v1.0.0.
"""
