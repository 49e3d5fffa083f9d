"""The package shap, imported so that Numba does not compile it: that takes longer than what it would save here."""

import numba

numba.config.DISABLE_JIT, _before = True, numba.config.DISABLE_JIT

import shap  # noqa: E402

numba.config.DISABLE_JIT = _before

__all__ = ["shap"]
