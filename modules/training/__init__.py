"""Training: batches, networks, the loop, the search, distillation, and exporting what was trained."""
