"""Code that writes the sample buildings: IFC files that belong to nobody else. Imports nothing of the house."""
