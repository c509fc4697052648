"""Databases of the lab: deployed, asked, loaded, recovered."""
