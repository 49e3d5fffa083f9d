"""Why the model that ships answers as it does: methods that ask it as a function of raw rows. They know no TFX."""
