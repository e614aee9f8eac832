"""The suite: a package, so that it is found before the `tests` that some packages install beside themselves."""
