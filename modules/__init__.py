"""What TFX calls back: features, preprocessing, models, training, serving. One idea a file."""
