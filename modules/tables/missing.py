"""What stands for a missing value in the tensors of examples and models."""

# What a caller writes into an input to say "no value", by dtype. They survive TFLite, JSON and every client language:
# NaN, the smallest int64 (Long.MIN_VALUE, Int64.min) and the empty string.
MISSING: dict[str, float | int | str] = {"float32": float("nan"), "int64": -(2**63), "string": ""}
