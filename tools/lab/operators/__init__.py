"""The operators in the lab, and what they need there."""
