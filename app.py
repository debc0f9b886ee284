"""Start the app: `python app.py [--memory DIR] [--port N]`, the same as `copassist serve`."""

import sys

from copassist.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
