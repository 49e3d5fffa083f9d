"""The pipeline as TFX sees it: the steps, what is evaluated, the engines, and what the cache must know."""
