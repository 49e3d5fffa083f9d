"""Where the model that ships is wrong, and how easily it is led astray. Nothing in here knows TFX."""
