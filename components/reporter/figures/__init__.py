"""The figures of the sections, a file a subject."""
