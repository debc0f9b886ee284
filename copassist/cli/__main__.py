"""`python -m copassist.cli`."""

import sys

from copassist.cli import main

sys.exit(main())
