"""`python -m stacks plan`: what an environment will be, as tables and as JSON."""
