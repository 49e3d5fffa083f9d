"""What single methods of the Explainer show."""
