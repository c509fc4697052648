"""The product in one run: a database under load, a drill, a fire, and the recovery from it.

It runs in a lab, which it starts and removes. `story.py` is what is told, in its order; `stage.py`
is what is done.
"""
