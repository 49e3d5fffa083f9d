"""The figures of the sections, one file per subject."""
