"""The model card, in three forms from one content."""
