"""Questions put in other words than the memory's: paraphrases, names, acronyms, identifiers, typos, dates."""
