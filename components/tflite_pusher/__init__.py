"""TflitePusher: a blessed .tflite and its papers, published all at once or not at all."""
