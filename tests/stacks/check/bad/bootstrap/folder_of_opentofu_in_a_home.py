"""bootstrap.folder: '~/infra' is not an absolute path; write one that begins with '/' [tofu-folder-is-absolute]"""

from tests.valid import environment, tofu

ENVIRONMENT = environment(bootstrap=tofu(folder="~/infra"))
