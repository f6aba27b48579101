"""Tests of georeferencing: claims, readings, placement, audit; oracles are pyproj, ifcopenshell and hand figures."""
