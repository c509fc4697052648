"""What a pull request shows and what may be deployed; the workflows only call it.

`guard` reads a preview and refuses one that deletes or replaces what holds data, `difference`
compares rendered trees, `deployment` runs Pulumi, `comment` says it all on the pull request.
"""
