"""bootstrap.folder: '~/infra' is not an absolute path; write one that begins with '/' [T403]"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(folder="~/infra"))
