"""`python -m stacks report`: whether each recovery is proven, for people and for programs."""
