"""What each artifact holds: one file per artifact, with its typed content, its reader and its writer.

Nobody else knows the names of an artifact's files. A file that a present artifact lacks is an error (`files`). Nothing
here needs TFX, and TensorFlow only where a folder is remote.
"""
