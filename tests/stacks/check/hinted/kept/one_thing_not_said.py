"""kept.root_ca: nothing says where it is kept, and a lost cluster takes it with it; KeptAtSpec names the place [kept-place-is-known]"""

from tests.valid import LEFT_OUT, environment, kept

ENVIRONMENT = environment(kept=kept(root_ca=LEFT_OUT))
