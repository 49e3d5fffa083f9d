"""The version of the product: the one place that says it. CHANGELOG.md says what each version brought."""

NAME = "tfx-tabular-edge"
VERSION = "0.2.0"
