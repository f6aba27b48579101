"""Clash detection: which elements want the same place, how badly, and which of them are meant to."""
