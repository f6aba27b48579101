"""The floor's values: frozen dataclasses that say what the city is. No disk, no clock, no network."""
