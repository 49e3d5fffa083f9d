"""Selector: the smallest form that keeps every promise on the validation rows, and the decision threshold."""
