"""One module for each model that is fitted."""
