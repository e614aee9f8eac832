"""Datasets of reasoning-gym that pass our audits, as ``docs/reasoning_gym_audit.py`` printed them."""

from __future__ import annotations

__all__ = ["AUDITED_VERSION", "DATASETS", "DEPTHS"]

AUDITED_VERSION = "0.1.25"

DATASETS = (
    "binary_alternation",
    "chain_sum",
    "count_bits",
    "count_primes",
    "course_schedule",
    "dice",
    "gcd",
    "largest_island",
    "lcm",
    "letter_counting",
    "products",
    "word_sequence_reversal",
)

DEPTHS = {"chain_sum": ("num_terms", 1)}
"""Where an item declares its number of steps: the key of its metadata, and how many of these are no step."""
