"""Shapley values: what each column contributed to an answer, beside the answers to other rows.

A coalition of columns takes its values from the row, all other columns take theirs from a row of the background; its
worth is the mean answer over the background. A column's Shapley value is the mean, over all orders in which the columns
may join, of what the worth gains when it does (Shapley, 1953; Lundberg and Lee, 2017, arXiv:1705.07874).
"""
