"""The page: asks the core, and shows what it says."""
