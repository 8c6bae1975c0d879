"""Cuts governed documents into numbered information units (IU)."""

__version__ = "0.6.0"
__execution_enabled__ = False
