"""The drills of others against the faults that tier0's own drill is tested with."""
