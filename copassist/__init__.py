"""copassist: a community's memory that answers, with quotes that hold and people to ask."""

__version__ = "0.1.0"
