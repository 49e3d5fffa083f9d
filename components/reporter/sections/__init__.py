"""The sections of the page, in the order in which a person asks.

Each module has a function `section(summary)`, which returns the section, or None if the run has nothing to say on it.
A component's own section needs no module and no change here: it comes as an artifact (see `blocks.Section`).
Orders: 10 verdict, 20 quality, 30 slices, 40 size, 50 search, 60 data, 70 origin, 80 glossary.
"""
