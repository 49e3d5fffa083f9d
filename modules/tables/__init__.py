"""Reading tables: where their files are, how text is written, and the dtype of every column. Knows no TFX.

Every file of a user is opened in this room, and nobody comes into it without this import: it forbids Arrow to unpickle
the types of columns, which Arrow 10 does as soon as it opens a Parquet file (CVE-2023-47248). Newer versions do not,
and it changes nothing there but the message.
"""

import pyarrow_hotfix  # noqa: F401 - to import it is to install it

# What Arrow says of a file with such a column.
PICKLED_TYPE = "arrow.py_extension_type"
