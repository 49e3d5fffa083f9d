"""What lies here is collected in the image alone: `make test-image` runs it there."""

import os

LOCK = "/opt/locks/image.lock"

collect_ignore = [] if os.path.exists(LOCK) else ["test_inside.py"]
