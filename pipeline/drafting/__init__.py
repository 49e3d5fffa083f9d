"""The command `init`: looks at a table and drafts its pipeline.yaml and schema.pbtxt."""
