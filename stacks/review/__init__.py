"""Reviews of pull requests and guarded deployments; the workflows only call it.

`guard` reads a preview and refuses one that deletes or replaces what holds data, `markdown`
compares rendered trees, `deployment` runs Pulumi, `comment` posts the results on the pull request.
"""
