"""The room for bytes: values in, 3D Tiles out. Pure and deterministic: same input, same bytes."""
