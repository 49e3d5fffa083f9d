"""The kinds of members, by the name that the config gives them."""

from modules.training.teachers import boosted_trees, networks
from modules.training.teachers.member import Kind

KINDS: dict[str, Kind] = {"boosted_trees": boosted_trees, "network": networks}
