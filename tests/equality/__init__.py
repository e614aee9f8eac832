"""Every text metric against its reference, pair by pair, at any size: the suite runs a part, the documentation more."""
