"""Slow, obvious twins of the kernels, and the texts they are compared on; never shipped."""
