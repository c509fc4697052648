"""Builds what a machine lacks, from the modules of package registries."""
