"""Transform: TFX's own, whose executor learns from the rows and writes them in this process, without Beam."""
