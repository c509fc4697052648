"""kept.root_cert: unknown field; did you mean 'root_ca'?"""

from tests.valid import environment, kept, kept_at

ENVIRONMENT = environment(kept=kept(root_cert=kept_at()))
