"""Concepts: rows that a query chooses, and whether a layer of the network knows them and uses them."""
