"""What the lab uses of its machine, and gives back."""
