"""waivers.0.because: '' is not a reason; write a sentence that says why [waiver-has-reason]"""

from tests.valid import environment, object_store, waiver

ENVIRONMENT = environment(object_store=object_store(copies=2), waivers=[waiver(because="")])
