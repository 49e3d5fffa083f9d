"""SchemaCurator: the schema as every later step reads it."""
