"""Writes the sample city, a map file and IFC files that belong to nobody else. Imports nothing of the house."""
