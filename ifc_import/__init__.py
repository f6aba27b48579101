"""The room for IFC: the only place that knows IFC schemas and geometry kernels. `twin` values come out."""
